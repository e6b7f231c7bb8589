// The structured log: one line an event, `key=value` for people or a JSON object for programs, one write(2) a line on a
// descriptor the caller owns. Callers never hand it a secret; it never sees bodies. Library rooms below sync return
// errors instead of logging them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "guardian/base/clock.h"
#include "guardian/base/mutex.h"

namespace guardian::base {

enum class LogLevel { Debug, Info, Warn, Error };
enum class LogFormat { Text, Json };

[[nodiscard]] std::string_view to_string(LogLevel level) noexcept;  // `debug`, `info`, `warn`, `error`

struct LogField {
  std::string_view key;
  std::string value;
};

// Any thread may log at any time; lines never interleave, however long they are.
class Logger {
 public:
  // `fd` and `clock` must outlive the logger.
  Logger(LogLevel threshold, LogFormat format, int fd, const Clock& clock)
      : threshold_(threshold), format_(format), fd_(fd), clock_(clock) {}

  // `event` is a snake_case name such as `bundle_refused`. A line that cannot be written is lost: the log must never
  // stop a decision.
  void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;
  // A complete JSON object as a line of its own, whatever the format and level: decision events.
  void line(std::string json_object) const;

 private:
  LogLevel threshold_;
  LogFormat format_;
  int fd_;
  const Clock& clock_;
  mutable Mutex writing_;  // a pipe takes more than PIPE_BUF bytes in pieces
};

}  // namespace guardian::base
