#include "guardian/limits/journal.h"

#include <algorithm>
#include <utility>

#include "guardian/limits/record.h"

namespace guardian::limits {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kSmallBytes = std::size_t{4} << 20;  // a journal below this is never written anew
constexpr std::size_t kCallsUntilRetry = 20;               // after a failure; about a second

}  // namespace

Journal::Journal(base::FileSystem& files, std::string directory, CountTable& table, std::size_t max_bytes)
    : files_(files),
      directory_(std::move(directory)),
      path_(directory_ + "/counts.journal"),
      path_anew_(path_ + ".tmp"),
      table_(table),
      max_bytes_(max_bytes) {}

std::string Journal::problem() const {
  const base::MutexLock lock(mutex_);
  if (earlier_.empty() || problem_.empty()) return earlier_ + problem_;
  return earlier_ + "; " + problem_;
}

void Journal::set_problem(std::string text) {
  const base::MutexLock lock(mutex_);
  problem_ = std::move(text);
}

void Journal::open(std::int64_t now) {
  if (const auto loaded = load(now); !loaded.ok()) unread_ = loaded.error().message();
  auto written = begin_anew();
  while (written.ok() && anew_.file != nullptr) written = go_on_anew(now);
  if (!written.ok()) fail(written.error());
}

base::Status Journal::load(std::int64_t now) {
  const auto bytes = files_.read_file(path_, max_bytes_);
  if (!bytes.ok()) {
    if (bytes.error().code() == base::ErrorCode::NotFound) return {};
    return bytes.error();
  }
  RecordReader reader(*bytes);
  // A torn end is what a kill leaves; what is damaged before a whole record was a count.
  bool lost = false;
  while (const SavedCount* const saved = reader.next()) {
    lost = reader.damaged();
    std::array<std::span<const Window::Entry>, kIntervalCount> entries;
    for (std::size_t i = 0; i < kIntervalCount; ++i) entries[i] = saved->entries[i];
    (void)table_.restore(saved->names, entries);
  }
  if (lost) {
    const base::MutexLock lock(mutex_);
    earlier_ = "earlier rate-limit counts are not all known: `" + path_ + "` was damaged";
  }
  table_.settle(now);
  return {};
}

base::Status Journal::append(File& file, std::string_view bytes) {
  if (bytes.empty()) return {};
  GUARDIAN_TRY(file.file->append(bytes));
  file.bytes += bytes.size();
  return {};
}

base::Status Journal::put_unread_aside() {
  const auto moved = files_.rename(path_, path_ + ".unreadable");
  if (!moved.ok() && moved.error().code() != base::ErrorCode::NotFound) return moved;
  const base::MutexLock lock(mutex_);
  earlier_ = "earlier rate-limit counts are not known: " + std::exchange(unread_, {});
  return {};
}

base::Status Journal::begin_anew() {
  if (!unread_.empty()) GUARDIAN_TRY(put_unread_aside());
  GUARDIAN_TRY(files_.make_directories(directory_));
  GUARDIAN_ASSIGN(anew_.file, files_.create(path_anew_));
  anew_.bytes = 0;
  bucket_ = 0;
  alive_bytes_ = 0;
  return append(anew_, kJournalHead);
}

base::Status Journal::go_on_anew(std::int64_t now) {
  std::string piece;
  while (bucket_ < table_.bucket_count() && piece.size() < kPieceBytes) {
    table_.visit_bucket(bucket_, now, [&piece](Count& count) { append_record(piece, count, Which::All); });
    ++bucket_;
  }
  alive_bytes_ += piece.size();
  GUARDIAN_TRY(append(anew_, piece));
  // Each piece by itself: syncing all at the end would keep changes waiting.
  GUARDIAN_TRY(anew_.file->sync());
  return bucket_ < table_.bucket_count() ? base::Status() : finish_anew();
}

base::Status Journal::finish_anew() {
  GUARDIAN_TRY(files_.rename(path_anew_, path_));
  current_ = std::move(anew_);
  anew_ = {};
  auto synced = files_.sync_directory(directory_);
  if (synced.ok()) {
    set_problem("");
  } else {
    current_ = {};  // so that it is tried again
  }
  return synced;
}

base::Status Journal::save_changes() {
  std::string changes;
  table_.drain_changes([&changes](Count& count) {
    append_record(changes, count, Which::Unsaved);
    for (Window& window : count.windows) window.saved();
  });
  if (current_.file != nullptr && current_.bytes + changes.size() > max_bytes_) current_ = {};
  base::Status saved;
  if (current_.file != nullptr) saved = append(current_, changes);
  if (!saved.ok()) current_ = {};
  if (anew_.file != nullptr) {
    auto saved_anew = append(anew_, changes);
    if (!saved_anew.ok()) return saved_anew;
  }
  return saved;
}

bool Journal::due() const noexcept {
  return current_.file == nullptr || current_.bytes > kSmallBytes + 2 * alive_bytes_;
}

void Journal::save(std::int64_t now) {
  auto saved = save_changes();
  if (calls_until_retry_ > 0) --calls_until_retry_;
  if (saved.ok() && anew_.file == nullptr && calls_until_retry_ == 0 && due()) saved = begin_anew();
  if (saved.ok() && anew_.file != nullptr) saved = go_on_anew(now);
  if (!saved.ok()) fail(saved.error());
}

void Journal::close(std::int64_t now) {
  calls_until_retry_ = 0;
  save(now);
  for (std::size_t i = 0; anew_.file != nullptr && i < table_.bucket_count(); ++i) save(now);
  if (current_.file == nullptr) return;
  if (const auto synced = current_.file->sync(); !synced.ok()) fail(synced.error());
}

// What is written of the new file is of no use any more, and may be what fills the disk.
void Journal::fail(const base::Error& error) {
  if (anew_.file != nullptr) {
    anew_ = {};
    (void)files_.remove_all(path_anew_);
  }
  calls_until_retry_ = kCallsUntilRetry;
  set_problem("rate-limit counts are not saved: " + error.message());
}

}  // namespace guardian::limits
