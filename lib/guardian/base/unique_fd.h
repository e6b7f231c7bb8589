// Owns one file descriptor. Move-only; closes on destruction; -1 owns nothing.
#pragma once

#include <utility>

namespace guardian::base {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
  // Closes now; false when the system reported an error at close (written data may be lost).
  [[nodiscard]] bool close() noexcept;

 private:
  int fd_ = -1;
};

}  // namespace guardian::base
