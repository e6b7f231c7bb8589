#include "guardian/net/answer.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "guardian/base/text.h"
#include "guardian/net/field.h"

namespace guardian::net {

namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:  // the phrase may be empty (RFC 9112 section 4)
      return "";
  }
}

void append_two_digits(std::string& out, unsigned value) {
  out.push_back(static_cast<char>('0' + value / 10 % 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
std::string http_date(base::TimePoint now) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  std::string out(kDays.substr(std::size_t{std::chrono::weekday(day).c_encoding()} * 3, 3));
  out.append(", ");
  append_two_digits(out, static_cast<unsigned>(date.day()));
  out.push_back(' ');
  out.append(kMonths.substr((static_cast<std::size_t>(static_cast<unsigned>(date.month())) - 1) * 3, 3));
  out.append(" " + std::to_string(static_cast<int>(date.year())) + " ");
  append_two_digits(out, static_cast<unsigned>(time.hours().count()));
  out.push_back(':');
  append_two_digits(out, static_cast<unsigned>(time.minutes().count()));
  out.push_back(':');
  append_two_digits(out, static_cast<unsigned>(time.seconds().count()));
  return out.append(" GMT");
}

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 6> kOurs = {"Content-Length", "Content-Type", "Connection",
                                                     "Date",           "Keep-Alive",   "Transfer-Encoding"};
  return std::ranges::any_of(kOurs, [&](std::string_view ours) { return base::equal_ignoring_case(ours, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string write_answer_head(const Response& response, const AnswerForm& form, base::TimePoint now) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason_phrase(response.status)).append("\r\n");
  append_field(out, "Date", http_date(now));
  const bool never_a_body = response.status == 204 || response.status == 304;
  if (!never_a_body) {
    if (is_field_value(response.content_type)) append_field(out, "Content-Type", response.content_type);
    append_field(out, "Content-Length", std::to_string(response.content().size()));
  }
  for (const auto& [name, value] : response.headers.entries()) {
    if (!is_ours(name) && is_token(name) && is_field_value(value)) append_field(out, name, value);
  }
  if (form.close) append_field(out, "Connection", "close");
  if (!form.close && form.http_1_0) append_field(out, "Connection", "keep-alive");
  return out.append("\r\n");
}

void Outbox::put(std::string head, std::string body) {
  head_ = std::move(head);
  body_ = std::move(body);
  shared_body_.reset();
  sent_ = 0;
}

void Outbox::put(std::string head, std::shared_ptr<const std::string> body) {
  put(std::move(head), std::string());
  shared_body_ = std::move(body);
}

Outbox::Progress Outbox::flush(int fd) {
  const std::string& body = shared_body_ == nullptr ? body_ : *shared_body_;
  while (sent_ < head_.size() + body.size()) {
    const std::size_t of_head = std::min(sent_, head_.size());
    const std::size_t of_body = sent_ - of_head;
    // iovec knows no const; sendmsg writes to neither.
    std::array<iovec, 2> parts = {{{head_.data() + of_head, head_.size() - of_head},
                                   {const_cast<char*>(body.data()) + of_body, body.size() - of_body}}};
    msghdr message = {};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t count = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Progress::Blocked;
    if (count < 0) return Progress::Failed;
    sent_ += static_cast<std::size_t>(count);
  }
  put({}, std::string());
  return Progress::Sent;
}

}  // namespace guardian::net
