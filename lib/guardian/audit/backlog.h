// What waits to be forwarded, as the forwarder sees the store: which events the gateway has, and which are written. The
// store implements it; events themselves are read from its segments.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "guardian/base/result.h"

namespace guardian::audit {

class Backlog {
 public:
  Backlog() = default;
  Backlog(const Backlog&) = delete;
  Backlog& operator=(const Backlog&) = delete;
  virtual ~Backlog() = default;

  // Where the segments are (segment.h).
  [[nodiscard]] virtual const std::string& directory() const = 0;
  // Of the chain: another one where the store was cleared and seqs began anew. Asked for before any seq: what is read
  // after it is of this chain or of a later one.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
  // The newest event that is written, 0 for none. What is written stays readable until it is acknowledged, unless the
  // store is full and lets the oldest go: then the first segment begins later than forwarded() + 1.
  [[nodiscard]] virtual std::uint64_t last_seq() const = 0;
  // The newest event that the gateway has, 0 for none; kept over restarts.
  [[nodiscard]] virtual std::uint64_t forwarded() const = 0;
  // The gateway has all up to and with `seq`, or has refused them for good. Kept on disk before it returns; an error
  // means that they will be sent again after a restart, and nothing more. Ignored where the chain is not the one of
  // `generation` any more.
  virtual base::Status acknowledge(std::uint64_t seq, std::uint64_t generation) = 0;
  // Events that the gateway refused for good: counted as dropped.
  virtual void count_refused(std::uint64_t events) = 0;
  // Waits until an event must go at once (it has an `alert`) and is not acknowledged yet, until `timeout` has passed,
  // or a stop is asked for. True for the first.
  [[nodiscard]] virtual bool wait_for_urgent(std::stop_token stop, std::chrono::milliseconds timeout) = 0;
};

}  // namespace guardian::audit
