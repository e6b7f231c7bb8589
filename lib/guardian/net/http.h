// HTTP messages as the rest of the library sees them, whatever carries them. Plain values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guardian::net {

// In the order received or to be sent. Names compare without case; values are kept as they are.
class Headers {
 public:
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  // The first value of that name, or nullopt.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& entries() const noexcept { return entries_; }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

struct Request {
  std::string method;
  std::string path;   // the target up to `?`, percent-decoded once
  std::string query;  // what follows `?`, as sent
  Headers headers;
  std::string body;
  std::string remote_address;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  Headers headers;
  std::string body;
  // Sent in place of `body` where it is given: one text that many answers share without a copy each.
  std::shared_ptr<const std::string> shared_body;

  [[nodiscard]] const std::string& content() const noexcept { return shared_body == nullptr ? body : *shared_body; }
};

// `{"error": code, "message": message}` with that status (api.md).
[[nodiscard]] Response error_response(int status, std::string_view code, std::string_view message);

}  // namespace guardian::net
