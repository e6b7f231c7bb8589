// What the gateway serves: one signed bundle with its ETag, and how the next one comes from a directory. Pure but for
// reading the directory; immutable once made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/bundle/build.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/crypto/key.h"

namespace guardian::gateway {

struct Published {
  std::string bytes;  // the signed envelope
  std::string etag;   // quoted, as in the header
  bundle::Version version;
  std::string content;  // the payload's canonical form apart from version and timestamp: what tells a change
};

// Builds and signs the directory. nullopt when its content is that of `previous`. Errors: what building says;
// InvalidInput when the version is not newer than `previous`, which a fixed version in bundle.yaml makes so (bundle.md
// section 2), or when the keys do not satisfy `root`.
[[nodiscard]] base::Result<std::optional<Published>> publish(base::FileSystem& files, const std::string& directory,
                                                             const std::vector<crypto::PrivateKey>& keys,
                                                             const bundle::TrustRoot& root, const Published* previous,
                                                             base::TimePoint now);

}  // namespace guardian::gateway
