#include "guardian/limits/record.h"

#include <algorithm>

#include "guardian/limits/crc32.h"

namespace guardian::limits {

namespace {

constexpr std::string_view kMarker = "GLR1";
constexpr std::size_t kHeadBytes = kMarker.size() + 2 * sizeof(std::uint32_t);
constexpr std::size_t kEntryBytes = sizeof(std::uint64_t) + sizeof(std::uint32_t);
constexpr std::size_t kMaxBodyBytes =
    3 * sizeof(std::uint16_t) + kMaxNamesBytes + kIntervalCount * (1 + Window::kMaxEntries * kEntryBytes);
// Later than any clock will say, and far from where adding an interval would overflow.
constexpr std::uint64_t kMaxMoment = std::uint64_t{1} << 60U;

template <typename Number>
void append_number(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) out.push_back(static_cast<char>((number >> (8 * i)) & 0xFFU));
}

// Takes numbers and texts off the front; once something is missing all that follows is.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}

  template <typename Number>
  Number number() {
    const std::string_view bytes = text(sizeof(Number));
    Number number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      number = static_cast<Number>(number << 8U | static_cast<unsigned char>(bytes[i]));
    }
    return number;
  }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) failed_ = true;
    if (failed_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] bool used_up() const noexcept { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

bool read_entries(Bytes& bytes, std::vector<Window::Entry>& entries) {
  const auto size = bytes.number<std::uint8_t>();
  entries.clear();
  for (std::size_t i = 0; i < size && !bytes.failed(); ++i) {
    const auto newest = bytes.number<std::uint64_t>();
    const auto count = bytes.number<std::uint32_t>();
    if (newest > kMaxMoment || count == 0 || count > Window::kMaxCount) return false;
    entries.push_back({static_cast<std::int64_t>(newest), count});
  }
  return size <= Window::kMaxEntries && !bytes.failed();
}

bool read_body(std::string_view body, SavedCount& saved) {
  Bytes bytes(body);
  for (std::string_view* const name : {&saved.names.policy, &saved.names.rule, &saved.names.agent}) {
    *name = bytes.text(bytes.number<std::uint16_t>());
  }
  const Names& names = saved.names;
  if (names.policy.size() + names.rule.size() + names.agent.size() > kMaxNamesBytes) return false;
  for (auto& entries : saved.entries) {
    if (!read_entries(bytes, entries)) return false;
  }
  return bytes.used_up();
}

// The body of the whole record that `bytes` begin with.
std::optional<std::string_view> whole_body(std::string_view bytes) {
  Bytes head(bytes);
  const bool marked = head.text(kMarker.size()) == kMarker;
  const auto length = head.number<std::uint32_t>();
  const auto check = head.number<std::uint32_t>();
  if (!marked || head.failed() || length > kMaxBodyBytes) return std::nullopt;
  const std::string_view body = head.text(length);
  if (head.failed() || crc32(body) != check) return std::nullopt;
  return body;
}

}  // namespace

void append_record(std::string& out, const Count& count, Which which) {
  std::string body;
  const Names names = count.names();
  for (const std::string_view name : {names.policy, names.rule, names.agent}) {
    append_number(body, static_cast<std::uint16_t>(name.size()));
    body += name;
  }
  bool any = false;
  for (const Window& window : count.windows) {
    const std::size_t size = which == Which::All ? window.size() : window.unsaved();
    any = any || size > 0;
    append_number(body, static_cast<std::uint8_t>(size));
    for (std::size_t i = window.size() - size; i < window.size(); ++i) {
      const Window::Entry entry = window.entry(i);
      append_number(body, static_cast<std::uint64_t>(std::max<std::int64_t>(entry.newest, 0)));
      append_number(body, entry.count);
    }
  }
  if (!any) return;
  out += kMarker;
  append_number(out, static_cast<std::uint32_t>(body.size()));
  append_number(out, crc32(body));
  out += body;
}

RecordReader::RecordReader(std::string_view bytes) : rest_(bytes) {
  if (rest_.starts_with(kJournalHead)) {
    rest_.remove_prefix(kJournalHead.size());
  } else {
    damaged_ = !rest_.empty();
  }
}

const SavedCount* RecordReader::next() {
  while (!rest_.empty()) {
    const auto body = whole_body(rest_);
    if (body && read_body(*body, saved_)) {
      rest_.remove_prefix(kHeadBytes + body->size());
      return &saved_;
    }
    damaged_ = true;
    // The next marker is where a record may begin, be it inside a damaged one.
    const std::size_t marker = rest_.find(kMarker, 1);
    rest_ = marker == std::string_view::npos ? std::string_view() : rest_.substr(marker);
  }
  return nullptr;
}

}  // namespace guardian::limits
