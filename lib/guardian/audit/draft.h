// An event before it has its place in the chain: all its members but `id`, `prev`, `seq` and `hash`, as the canonical
// JSON that the line will hold. Made on the thread of the request, so that the writer only puts pieces together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/base/time.h"

namespace guardian::audit {

// An event larger than this keeps its decision and loses its context (audit.md).
inline constexpr std::size_t kMaxEventBytes = std::size_t{256} << 10;

// Its bytes may go to another thread. The members stand one behind the other, each with a comma in front.
class Draft {
 public:
  // The pieces between which the writer puts `id`, `prev` and `seq`.
  [[nodiscard]] std::string_view piece(std::size_t index) const noexcept;
  static constexpr std::size_t kPieces = 4;

  [[nodiscard]] base::TimePoint time() const noexcept { return time_; }
  // It has an `alert`: forwarded at once.
  [[nodiscard]] bool urgent() const noexcept { return urgent_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return text_.size(); }

 private:
  friend class DraftBuilder;
  std::string text_;
  std::array<std::size_t, kPieces - 1> cuts_ = {};
  base::TimePoint time_;
  bool urgent_ = false;
};

// Takes members in the order of RFC 8785 (asserted) and writes each value through the string that key() gives.
// `sidecar`, `time` and `type` are added by it in their place. One thread.
class DraftBuilder {
 public:
  // The views are borrowed until finish().
  DraftBuilder(std::string_view type, std::string_view sidecar, base::TimePoint time);

  // Append the value, canonical, to what this returns before the next call.
  [[nodiscard]] std::string& key(std::string_view name);

  DraftBuilder& text(std::string_view name, std::string_view value);
  DraftBuilder& null(std::string_view name);
  DraftBuilder& text_or_null(std::string_view name, std::optional<std::string_view> value);
  DraftBuilder& boolean(std::string_view name, bool value);
  DraftBuilder& number(std::string_view name, double value);
  DraftBuilder& raw(std::string_view name, std::string_view canonical);
  DraftBuilder& urgent(bool urgent);

  [[nodiscard]] std::size_t bytes() const noexcept { return draft_.text_.size(); }
  [[nodiscard]] Draft finish();

 private:
  void put(std::string_view name);
  // Writes the members of its own that come before `name`, and marks where the writer's go.
  void advance_to(std::string_view name);

  Draft draft_;
  std::string_view type_;
  std::string_view sidecar_;
  std::string_view last_;
  std::size_t own_ = 0;  // of kOwn, how many are behind
};

}  // namespace guardian::audit
