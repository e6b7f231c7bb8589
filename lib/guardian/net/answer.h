// Answers as bytes on the wire, and sending them without waiting. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "guardian/base/time.h"
#include "guardian/net/http.h"

namespace guardian::net {

struct AnswerForm {
  bool head_only = false;  // the answer to HEAD: the length of the body without the body
  bool close = false;
  bool http_1_0 = false;
};

// Status line and header lines with the empty line after them. Content-Length, Content-Type, Connection and Date are
// written here alone: a header of that name in the response is left out, and so is one that would break the framing.
[[nodiscard]] std::string write_answer_head(const Response& response, const AnswerForm& form, base::TimePoint now);

// Bytes on their way to a socket that does not block.
class Outbox {
 public:
  enum class Progress { Sent, Blocked, Failed };

  void put(std::string head, std::string body);
  // The body is shared with other connections and let go when it is sent.
  void put(std::string head, std::shared_ptr<const std::string> body);
  // Sends what the socket takes now. Blocked: call again when it is writable. Failed: the peer is gone.
  [[nodiscard]] Progress flush(int fd);
  [[nodiscard]] std::size_t bytes_sent() const noexcept { return sent_; }  // since put

 private:
  std::string head_;
  std::string body_;
  std::shared_ptr<const std::string> shared_body_;
  std::size_t sent_ = 0;
};

}  // namespace guardian::net
