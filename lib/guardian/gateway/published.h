// What the gateway serves: one signed bundle in each coding with its ETag, together with the trust roots that vouch for
// it, and how the next one comes from a directory. Immutable once made; shared by pointer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/bundle/build.h"
#include "guardian/crypto/digest.h"
#include "guardian/gateway/authority.h"

namespace guardian::gateway {

// The signed envelope in one content coding.
struct Representation {
  std::shared_ptr<const std::string> bytes;
  std::string etag;  // strong, quoted as in the header, another one for each coding
};

struct Published {
  Representation plain;
  Representation gzip;
  bundle::Version version;
  crypto::Digest content{};  // of the payload's canonical form apart from version and timestamp: what tells a change
  std::size_t policies = 0;
  std::size_t agents = 0;
  std::vector<std::string> warnings;  // what the linter says of the directory, a line each
  std::shared_ptr<const Authority> authority;
};

// Builds, lints and signs the directory. nullptr when its content and the authority are those of `previous`. Errors:
// PolicyInvalid with the linter's errors, which are those of building and more; what building says beyond them;
// InvalidInput when the version is not newer than `previous`, which a fixed version in bundle.yaml makes so (bundle.md
// section 2), or when the keys do not satisfy the newest root; Expired when every sidecar would refuse it as that.
[[nodiscard]] base::Result<std::shared_ptr<const Published>> publish(base::FileSystem& files,
                                                                     const std::string& directory,
                                                                     std::shared_ptr<const Authority> authority,
                                                                     const Published* previous, base::TimePoint now);

}  // namespace guardian::gateway
