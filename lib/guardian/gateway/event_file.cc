#include "guardian/gateway/event_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "guardian/audit/event_line.h"
#include "guardian/audit/segment.h"
#include "guardian/base/system_error.h"
#include "guardian/gateway/posted_batch.h"
#include "guardian/json/reader.h"

namespace guardian::gateway {

namespace {

using Found = audit::LineReader::Found;

struct NewEvents {
  std::string lines;
  std::vector<std::pair<EventKey, std::size_t>> ends;  // where each line ends
};

NewEvents choose_new(std::span<const PostedEvent> events, std::span<const EventKey> keys, std::set<EventKey> held) {
  NewEvents chosen;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!held.insert(keys[i]).second) continue;
    chosen.lines.append(events[i].text).push_back('\n');
    chosen.ends.emplace_back(keys[i], chosen.lines.size());
  }
  return chosen;
}

base::Result<std::vector<EventKey>> read_keys(const std::string& path, const EventIndex::Stretch& stretch) {
  std::vector<EventKey> keys;
  GUARDIAN_ASSIGN(audit::LineReader reader, audit::LineReader::open(path, stretch.begin));
  while (reader.offset() < stretch.end) {
    GUARDIAN_ASSIGN(const auto step, reader.next());
    if (step.found == Found::End || step.found == Found::Partial) break;
    if (step.found != Found::Line) continue;
    if (const auto id = id_of_event(step.text)) keys.push_back(key_of(*id));
  }
  return keys;
}

// A file that was made is lost with the machine's power unless its directory is on the disk, too.
base::Status sync_directory_of(const std::string& path) {
  const std::string directory = path.substr(0, path.rfind('/'));
  const base::UniqueFd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid() || ::fsync(opened.get()) != 0) return base::system_error("syncing", directory, errno);
  return {};
}

}  // namespace

std::optional<std::string> id_of_event(std::string_view line) {
  // As sidecars write them; nothing in the text of an id is escaped there.
  if (const auto event = audit::read_event_line(line); event && event->id.find('\\') == std::string_view::npos) {
    return std::string(event->id);
  }
  const auto parsed = json::parse(line, event_limits(line.size()));
  const json::Value* const id = parsed ? parsed->root().find("id") : nullptr;
  if (id == nullptr || !id->is_text()) return std::nullopt;
  return std::string(id->as_text());
}

base::Result<std::unique_ptr<EventFile>> EventFile::open(std::string path) {
  std::unique_ptr<EventFile> file(new EventFile(std::move(path)));
  GUARDIAN_TRY(file->scan());
  return file;
}

base::Status EventFile::scan() {
  index_ = {};
  size_ = 0;
  inode_ = 0;
  auto opened = audit::LineReader::open(path_);
  if (!opened && opened.error().code() == base::ErrorCode::NotFound) return {};
  GUARDIAN_ASSIGN(audit::LineReader reader, std::move(opened));
  while (true) {
    GUARDIAN_ASSIGN(const auto step, reader.next());
    if (step.found == Found::End) break;
    if (step.found == Found::Partial) {
      if (::truncate(path_.c_str(), static_cast<off_t>(step.offset)) != 0) {
        return base::system_error("cutting the torn end of", path_, errno);
      }
      break;
    }
    if (step.found != Found::Line) continue;
    if (const auto id = id_of_event(step.text)) index_.add(key_of(*id), step.offset, reader.offset());
  }
  // What a process before this one wrote may not be on the disk yet.
  GUARDIAN_ASSIGN(const base::UniqueFd file, open_file());
  struct stat found = {};
  if (::fstat(file.get(), &found) != 0) return base::system_error("reading", path_, errno);
  if (::fdatasync(file.get()) != 0) return base::system_error("syncing", path_, errno);
  GUARDIAN_TRY(sync_directory_of(path_));
  size_ = static_cast<std::uint64_t>(found.st_size);
  inode_ = found.st_ino;
  return {};
}

base::Result<base::UniqueFd> EventFile::open_file() const {
  base::UniqueFd file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return base::system_error("opening", path_, errno);
  return file;
}

base::Result<std::size_t> EventFile::append_new(std::span<const PostedEvent> events) {
  GUARDIAN_ASSIGN(const base::UniqueFd file, open_file());
  struct stat found = {};
  if (::fstat(file.get(), &found) != 0) return base::system_error("reading", path_, errno);
  if (found.st_ino != inode_ || static_cast<std::uint64_t>(found.st_size) != size_) GUARDIAN_TRY(scan());
  std::vector<EventKey> keys;
  keys.reserve(events.size());
  for (const PostedEvent& event : events) keys.push_back(key_of(event.id));
  GUARDIAN_ASSIGN(auto held, index_.find(keys, [this](const auto& stretch) { return read_keys(path_, stretch); }));
  const NewEvents chosen = choose_new(events, keys, std::move(held));
  if (chosen.ends.empty()) return std::size_t{0};
  GUARDIAN_TRY(write(file, chosen.lines));
  std::size_t begin = 0;
  for (const auto& [key, end] : chosen.ends) {
    index_.add(key, size_ + begin, size_ + end);
    begin = end;
  }
  size_ += chosen.lines.size();
  return chosen.ends.size();
}

base::Status EventFile::write(const base::UniqueFd& file, std::string_view lines) {
  const auto at = static_cast<off_t>(size_);
  base::Status written;
  if (::lseek(file.get(), at, SEEK_SET) != at) {
    written = base::system_error("writing", path_, errno);
  } else {
    written = base::write_all(file.get(), lines, path_);
  }
  if (written && ::fdatasync(file.get()) != 0) written = base::system_error("syncing", path_, errno);
  // What stays behind when this fails, too, is cut or found to be whole events at the next look.
  if (!written && ::ftruncate(file.get(), at) != 0) inode_ = 0;
  return written;
}

}  // namespace guardian::gateway
