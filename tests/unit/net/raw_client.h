// A client that sends exactly the bytes it is told, for tests of the server front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/base/unique_fd.h"

namespace guardian::net {

struct RawAnswer {
  int status = 0;  // 0: none came before the connection ended
  std::string head;
  std::string body;
  [[nodiscard]] bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);

  void send(std::string_view bytes);
  void finish_sending();
  // The next answer by its Content-Length; `head_only` after HEAD.
  [[nodiscard]] RawAnswer read_answer(bool head_only = false);
  // True when the server closes without another byte.
  [[nodiscard]] bool is_closed();
  // Whether a byte or the end comes within so many milliseconds.
  [[nodiscard]] bool anything_within(int milliseconds) const;

 private:
  [[nodiscard]] bool receive_more();

  base::UniqueFd fd_;
  std::string received_;
};

// The answer to a request on a connection of its own.
[[nodiscard]] RawAnswer ask(std::uint16_t port, std::string_view bytes);

}  // namespace guardian::net
