// Result<T>: a value or the Error that explains why there is none (std::expected is not in the compilers we build
// with). Reading the side that is not there is a bug of ours and aborts. Values are moved out with
// `std::move(r).value()`.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "guardian/base/check.h"
#include "guardian/base/error.h"

namespace guardian::base {

template <typename T>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<std::remove_cv_t<T>, Error>, "an Error is not a value");

 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] const T& value() const& {
    GUARDIAN_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T& value() & {
    GUARDIAN_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& value() && {
    GUARDIAN_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }

  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] T* operator->() { return &value(); }

  [[nodiscard]] const Error& error() const& {
    GUARDIAN_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error&& error() && {
    GUARDIAN_ASSERT(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] const Error& error() const& {
    GUARDIAN_ASSERT(!ok());
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    GUARDIAN_ASSERT(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

// What a function returns that has nothing to say but "done".
using Status = Result<void>;

}  // namespace guardian::base

// Returns the error of `expression` (a Result or Status) to the caller, or goes on.
#define GUARDIAN_TRY(expression)                                                  \
  do {                                                                            \
    auto guardian_try_result = (expression);                                      \
    if (!guardian_try_result.ok()) return std::move(guardian_try_result).error(); \
  } while (false)

#define GUARDIAN_CONCAT_INNER(a, b) a##b
#define GUARDIAN_CONCAT(a, b) GUARDIAN_CONCAT_INNER(a, b)
#define GUARDIAN_ASSIGN_INNER(temporary, target, expression) \
  auto temporary = (expression);                             \
  if (!temporary.ok()) return std::move(temporary).error();  \
  target = std::move(temporary).value()

// `GUARDIAN_ASSIGN(auto x, parse(text));` binds the value or returns the error to the caller.
#define GUARDIAN_ASSIGN(target, expression) \
  GUARDIAN_ASSIGN_INNER(GUARDIAN_CONCAT(guardian_result_, __LINE__), target, expression)
