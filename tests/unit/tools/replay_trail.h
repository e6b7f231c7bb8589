// Bundles and trails for the tests of replay.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "guardian/audit/event_line.h"
#include "guardian/decision/snapshot.h"
#include "guardian/tools/replay.h"
#include "support/audit_lines.h"
#include "support/bundle_builder.h"

namespace guardian::test {

// The builder's bundle with another list of policies (JSON), made ready for questions.
[[nodiscard]] inline std::shared_ptr<const decision::Engine> replay_engine(std::string_view policies) {
  BundleBuilder builder;
  builder.clear_policies();
  builder.add_policy(std::string(policies));
  const crypto::PrivateKey key = make_key();
  const auto snapshot = std::make_shared<const decision::Snapshot>(builder.verified(key));
  return {snapshot, &snapshot->engine()};
}

// Feeds events as a store would give them.
class ReplayTrail {
 public:
  explicit ReplayTrail(tools::Replay& replay, std::uint64_t first_seq = 1) : replay_(replay), seq_(first_seq) {}

  void add(std::string_view members) {
    const std::string line = make_line(members, seq_++, audit::kNoHash);
    const auto event = audit::read_event_line(line);
    GUARDIAN_ASSERT(event.has_value());
    replay_.feed(*event);
  }
  void add(const DecisionFields& fields) { add(decision_members(fields)); }
  void skip(std::uint64_t events) { seq_ += events; }

 private:
  tools::Replay& replay_;
  std::uint64_t seq_;
};

}  // namespace guardian::test
