#include "guardian/base/unique_fd.h"

#include <unistd.h>

namespace guardian::base {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) ::close(fd_);
}

bool UniqueFd::close() noexcept { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0; }

}  // namespace guardian::base
