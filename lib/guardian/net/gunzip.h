// Decodes gzip (RFC 1952) piece by piece into a bounded text: the checksum and the length at each member's end are
// verified, several members are one text, anything else behind a member is an error. Pure; one thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::net {

class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(Gunzip&&) noexcept;
  Gunzip& operator=(Gunzip&&) noexcept;

  // Appends what `bytes` hold to `out`. Malformed for what is not gzip or does not match its checksum; TooLarge as soon
  // as `out` would pass `max_bytes`. After an error nothing more may be fed.
  [[nodiscard]] base::Status feed(std::string_view bytes, std::string& out, std::size_t max_bytes);
  // Whether what came until now ends where a member ends; false at the beginning.
  [[nodiscard]] bool complete() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guardian::net
