#include "guardian/base/log.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "guardian/base/check.h"
#include "guardian/base/text.h"

namespace guardian::base {

namespace {

void write_line(int fd, std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(fd, line.data(), line.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return;
    }
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

void append_text_value(std::string& line, std::string_view value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
  if (plain) {
    line.append(value);
  } else {
    append_json_quoted(line, value);
  }
}

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warn:
      return "warn";
    case LogLevel::Error:
      return "error";
  }
  GUARDIAN_ASSERT(false);
}

void Logger::log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  if (level < threshold_) return;
  std::string line;
  const std::string time = format_rfc3339_millis(clock_.now());
  if (format_ == LogFormat::Json) {
    line.append(R"({"time":")").append(time).append(R"(","level":")").append(to_string(level)).append(R"(","event":)");
    append_json_quoted(line, event);
    for (const LogField& field : fields) {
      line.push_back(',');
      append_json_quoted(line, field.key);
      line.push_back(':');
      append_json_quoted(line, is_utf8(field.value) ? field.value : printable(field.value, field.value.size()));
    }
    line.append("}\n");
  } else {
    line.append(time).append(" ").append(to_string(level)).append(" event=").append(event);
    for (const LogField& field : fields) {
      line.append(" ").append(field.key).push_back('=');
      append_text_value(line, field.value);
    }
    line.push_back('\n');
  }
  const MutexLock lock(writing_);
  write_line(fd_, line);
}

void Logger::line(std::string json_object) const {
  json_object.push_back('\n');
  const MutexLock lock(writing_);
  write_line(fd_, json_object);
}

}  // namespace guardian::base
