// Which events a reader wants: the filters of `guardian audit` (cli.md) and of `GET /admin/audit` (api.md). Immutable;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guardian/audit/event_line.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"

namespace guardian::audit {

// As the user wrote them; what was not given is nullopt and passes everything.
struct FilterTexts {
  std::optional<std::string> agent = {};     // the whole id
  std::optional<std::string> action = {};    // `*` stands for any run of characters
  std::optional<std::string> decision = {};  // `allow`, `deny` (what the caller was told) or `would-deny`
  std::optional<std::string> policy = {};    // `*` as above
  std::optional<std::string> from = {};      // RFC 3339, or how long ago: `90s`, `30m`, `1h`, `7d`, `2w`, `1h30m`
  std::optional<std::string> to = {};        // the same
  std::optional<std::string> trace = {};     // the whole trace id
};

class Filter {
 public:
  // Everything passes.
  Filter() = default;
  // Errors: InvalidInput naming the filter, with `prefix` as users know it (`--from`; a query parameter has none).
  // `now` is what relative times count from.
  [[nodiscard]] static base::Result<Filter> make(const FilterTexts& texts, base::TimePoint now,
                                                 std::string_view prefix = "--");

  // All filters hold; an event without the member that one looks at does not pass it. Nothing is parsed.
  [[nodiscard]] bool passes(const EventLine& event) const;
  // False where the line cannot pass, told without reading it as an event: for lines by the million.
  [[nodiscard]] bool may_pass(std::string_view line) const noexcept;

  // Both are part of what passes.
  [[nodiscard]] std::optional<base::TimePoint> from() const noexcept { return from_; }
  [[nodiscard]] std::optional<base::TimePoint> to() const noexcept { return to_; }

 private:
  [[nodiscard]] base::Status set_times(const FilterTexts& texts, base::TimePoint now, std::string_view prefix);
  void choose_needle();
  [[nodiscard]] bool passes_time(std::string_view time) const noexcept;
  [[nodiscard]] bool passes_decision(const EventLine& event) const noexcept;

  // As in the line: JSON with quotes.
  std::string agent_;
  std::string trace_;
  std::string told_;
  bool would_deny_ = false;
  // Decoded patterns.
  std::optional<std::string> action_;
  std::optional<std::string> policy_;
  std::string needle_;  // what every line that passes holds; empty: nothing of the kind
  std::optional<base::TimePoint> from_;
  std::optional<base::TimePoint> to_;
  // The same to the millisecond, in the form that stores write, which sorts as time does.
  std::string from_text_;
  std::string to_text_;
};

// True when `pattern`, in which `*` stands for any run of characters and all else for itself, matches the whole text.
[[nodiscard]] bool matches_stars(std::string_view pattern, std::string_view text) noexcept;

// A time as filters take it. nullopt for what is neither RFC 3339 nor a time span.
[[nodiscard]] std::optional<base::TimePoint> parse_filter_time(std::string_view text, base::TimePoint now) noexcept;

}  // namespace guardian::audit
