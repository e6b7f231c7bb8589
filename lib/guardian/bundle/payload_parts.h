// Internal to the room: the parts of reading a payload, one function a member of bundle.md section 2. Each fills its
// part of `payload` from a root that check() has passed; all errors name place and member.
#pragma once

#include <string_view>
#include <unordered_map>

#include "guardian/base/result.h"
#include "guardian/bundle/members.h"
#include "guardian/bundle/payload.h"
#include "guardian/json/reader.h"

namespace guardian::bundle {

// Where the members of a payload came from. Sources without a name stand for the payload itself.
struct PayloadSources {
  policy::Source members;  // bundle.yaml: all but the three below
  policy::Source tiers;
  policy::Source agents;
  PolicySources policies;  // empty, or one entry per policy
};

// check_payload with a source for every part.
[[nodiscard]] base::Result<Payload> check_payload_from(json::Document document, const PayloadSources& sources);

// The elements of a large list of the payload, one at a time: from its tree, or each read from the text when it is
// asked for.
class Elements {
 public:
  // The list `name` of the root, which must be there. `left` may be nullptr; what it left in `text` comes from there.
  [[nodiscard]] static base::Result<Elements> of(const Members& root, std::string_view name, std::string_view text,
                                                 const json::LeftList* left);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  // The element, until the next is asked for where they are `passing`. Malformed and TooLarge for one that was left.
  [[nodiscard]] base::Result<json::Value> get(std::size_t index);
  [[nodiscard]] bool passing() const noexcept { return left_.has_value(); }

 private:
  std::size_t size_ = 0;
  std::span<const json::Value> tree_;
  std::optional<json::ItemReader> left_;
};

using TierIndex = std::unordered_map<std::string_view, std::size_t>;

[[nodiscard]] base::Result<TierIndex> read_tiers(const Members& root, Payload& payload);
// The index of the tier that the member `trustTier` names.
[[nodiscard]] base::Result<std::size_t> read_tier_reference(const Members& members, const TierIndex& tiers);
[[nodiscard]] base::Status read_agents(const Members& root, Elements elements, const TierIndex& tiers,
                                       Payload& payload);
[[nodiscard]] base::Status read_issuers(const Members& root, Payload& payload);
[[nodiscard]] base::Status read_revocations(const Members& root, Payload& payload);
[[nodiscard]] base::Status read_approvals(const Members& root, Payload& payload);
[[nodiscard]] base::Status read_policies(Elements elements, const PolicySources& sources, Payload& payload);

// The JWKs in the list `name`.
[[nodiscard]] base::Result<std::vector<crypto::PublicKey>> read_keys(const Members& members, std::string_view name,
                                                                     std::span<const json::Value> keys);
// The texts in the optional list `name`.
[[nodiscard]] base::Result<std::vector<std::string_view>> read_texts(const Members& members, std::string_view name);
[[nodiscard]] base::Result<policy::Glob> read_glob(const Members& members, std::string_view name,
                                                   const json::Value& pattern);

// The first integer literal beyond +-2^53 at or below `value`, as a path that begins with `path`.
struct InexactInteger {
  std::string path;
  std::uint32_t offset = 0;
};
[[nodiscard]] std::optional<InexactInteger> find_inexact_integer(const json::Value& value, std::string_view path);

}  // namespace guardian::bundle
