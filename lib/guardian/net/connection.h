// One client's connection as the front keeps it. Owned by the front's thread, except while Handling: then one worker
// alone may touch it.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "guardian/base/unique_fd.h"
#include "guardian/net/answer.h"
#include "guardian/net/framing.h"
#include "guardian/net/listener.h"

namespace guardian::net {

struct Connection {
  enum class Phase {
    Reading,   // idle, or a request is coming
    Handling,  // a worker has it
    Writing,   // the answer did not fit into the socket at once
    Draining   // answered for the last time; what still comes is thrown away, so that the answer is not lost to a reset
  };

  Connection(Accepted accepted, const FramingLimits& limits)
      : fd(std::move(accepted.fd)), remote_address(std::move(accepted.remote_address)), framer(limits) {}

  base::UniqueFd fd;
  std::string remote_address;
  Framer framer;
  FramedRequest current;
  Outbox outbox;
  Outbox::Progress sending = Outbox::Progress::Sent;  // how far the worker came
  Phase phase = Phase::Reading;
  bool over_limit = false;  // here only to be told so
  bool close_after_answer = false;
  bool unread_remains = false;          // it was answered before its request was read to the end
  std::chrono::nanoseconds deadline{};  // monotonic; zero: none
};

}  // namespace guardian::net
