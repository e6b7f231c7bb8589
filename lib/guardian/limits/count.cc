#include "guardian/limits/count.h"

#include "guardian/base/check.h"

namespace guardian::limits {

namespace {

// What the allocator adds to a block, about.
constexpr std::size_t kBlockOverhead = 16;

std::size_t size_of(const Names& names) noexcept {
  return names.policy.size() + names.rule.size() + names.agent.size();
}

}  // namespace

Count::Count(const Names& names, std::size_t hash)
    : text_(std::make_unique<char[]>(size_of(names) + 1)),
      hash_(hash),
      policy_size_(static_cast<std::uint16_t>(names.policy.size())),
      rule_size_(static_cast<std::uint16_t>(names.rule.size())),
      agent_size_(static_cast<std::uint16_t>(names.agent.size())) {
  GUARDIAN_ASSERT(size_of(names) <= kMaxNamesBytes);
  char* end = text_.get();
  for (const std::string_view name : {names.policy, names.rule, names.agent}) end += name.copy(end, name.size());
}

Names Count::names() const noexcept {
  const std::string_view all(text_.get(), std::size_t{policy_size_} + rule_size_ + agent_size_);
  return {all.substr(0, policy_size_), all.substr(policy_size_, rule_size_),
          all.substr(std::size_t{policy_size_} + rule_size_)};
}

std::size_t Count::bytes_of(const Names& names) noexcept {
  return sizeof(Count) + kBlockOverhead + size_of(names) + 1 + kBlockOverhead;
}

std::size_t Count::bytes_of_entries(std::size_t capacity) noexcept {
  return capacity == 0 ? 0 : capacity * sizeof(std::uint64_t) + kBlockOverhead;
}

std::size_t Count::bytes() const noexcept {
  std::size_t bytes = bytes_of(names());
  for (const Window& window : windows) bytes += bytes_of_entries(window.capacity());
  return bytes;
}

bool Count::expire(std::int64_t now) noexcept {
  bool nothing_left = true;
  for (std::size_t i = 0; i < kIntervalCount; ++i) {
    windows[i].expire(now, kIntervals[i]);
    nothing_left = nothing_left && windows[i].empty();
  }
  return nothing_left;
}

}  // namespace guardian::limits
