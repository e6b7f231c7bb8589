// Keeps SIGPIPE from ending the process while a library writes to a socket that its peer has closed: cpp-httplib's
// client and OpenSSL write without MSG_NOSIGNAL. For the calling thread and the object's lifetime only.
#pragma once

#include <csignal>

namespace guardian::net {

class PipeSignalHeld {
 public:
  PipeSignalHeld() noexcept;
  ~PipeSignalHeld();
  PipeSignalHeld(const PipeSignalHeld&) = delete;
  PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;

 private:
  sigset_t pipe_ = {};
  sigset_t before_ = {};
  bool was_pending_ = false;
};

}  // namespace guardian::net
