// Bundles from a directory (bundle.md section 2, "From a directory"): what `guardian bundle build`, `guardian gateway`
// and `guardian eval --policies` read. Errors name file, line and column.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/bundle/directory_source.h"
#include "guardian/bundle/payload.h"
#include "guardian/crypto/dsse.h"
#include "guardian/crypto/key.h"

namespace guardian::bundle {

struct BuildOptions {
  base::TimePoint now;              // becomes `timestamp`, and `version` unless one is given
  std::optional<Version> version;   // --version; wins over bundle.yaml's
  std::optional<Version> previous;  // the last version built into the same output: a date version is made later than it
  std::optional<std::string> agents_file;  // instead of DIR/agents.yaml (eval --agents)
};

// A payload that was read, checked and compiled, with the bytes that get signed.
struct BuiltPayload {
  std::string bytes;  // compact JSON, members in the order of bundle.md
  Payload payload;
};

// Reads policies/*.yaml|yml|json (one policy a file, byte order of names), agents.yaml, tiers.yaml, bundle.yaml.
// InvalidInput when the directory or its policies are missing; otherwise what reading and checking say, each with its
// file. At most 20,000 files of 16 MiB.
[[nodiscard]] base::Result<BuiltPayload> payload_from_directory(base::FileSystem& files, const std::string& directory,
                                                                const BuildOptions& options);

// What the policies of a directory are judged by: its tiers, agents and other members, without the policies.
struct DirectoryContext {
  DirectorySource source;  // the files; places in them
  Payload payload;         // without policies; views into `source`
};

// Reads and checks agents.yaml, tiers.yaml and bundle.yaml of the directory, or only some of them: what is left out is
// as if it were missing. Errors as payload_from_directory. `now` as BuildOptions::now.
[[nodiscard]] base::Result<DirectoryContext> context_from_directory(base::FileSystem& files,
                                                                    const std::string& directory, SourceParts parts,
                                                                    base::TimePoint now);

// An unsigned envelope around a payload, to be signed with crypto::sign_envelope.
[[nodiscard]] crypto::Envelope seal(const BuiltPayload& built);

}  // namespace guardian::bundle
