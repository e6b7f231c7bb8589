// What one evaluation of one policy knows: the attributes of the agent, the request and the time, looked up without
// copying. Lives on the stack of one call; one thread. Values returned stay valid as long as the facts and the input.
#pragma once

#include <array>
#include <optional>

#include "guardian/json/value.h"
#include "guardian/policy/attribute.h"
#include "guardian/policy/time_zone.h"
#include "guardian/policy/types.h"

namespace guardian::policy {

class Facts {
 public:
  // Both are borrowed.
  Facts(const Input& input, const TimeZone& zone) noexcept : input_(input), zone_(zone) {}
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  // Null stands for absent: the language tells the two apart nowhere.
  [[nodiscard]] json::Value look_up(const Attribute& attribute) noexcept;

 private:
  [[nodiscard]] json::Value root_value(Root root) noexcept;
  [[nodiscard]] json::Value delegation() noexcept;
  [[nodiscard]] json::Value iso_time() noexcept;
  // Computed at the first use of time.*, at most once.
  [[nodiscard]] const LocalTime& local() noexcept;

  const Input& input_;
  const TimeZone& zone_;
  std::optional<LocalTime> local_;
  std::array<char, 48> iso_{};
  std::array<json::Member, 2> delegation_{};
};

}  // namespace guardian::policy
