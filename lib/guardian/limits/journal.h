// Keeps a table's counts on disk (bundle.md section 4, `limits/`): a journal to which the changes are appended, written
// anew from the table when it has grown past twice what is alive. A write that succeeded outlives the process; after a
// failure the journal is written anew from memory, and until that succeeds problem() says so.
//
// Writing anew goes piece by piece between the appends, so that it never keeps changes waiting: what changes meanwhile
// goes to the old file and the new one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "guardian/base/file_system.h"
#include "guardian/base/mutex.h"
#include "guardian/limits/count_table.h"

namespace guardian::limits {

// One thread at a time, but for problem().
class Journal {
 public:
  // Both must outlive this. `directory` is made when it is missing. `max_bytes`: of a journal that is read or appended
  // to.
  Journal(base::FileSystem& files, std::string directory, CountTable& table, std::size_t max_bytes);

  // Takes back what was saved into the table and begins a new journal. `now` as of the table. Never fails: damage is
  // passed over and said unless it is at the end, what cannot be written is a problem and tried again. A journal that
  // is there and cannot be read is put aside as `counts.journal.unreadable`, never written over; that stays a problem
  // as long as this lives.
  void open(std::int64_t now);
  // Saves what changed since the last call; then goes on writing anew, if that is due, by about a megabyte.
  void save(std::int64_t now);
  // Saves all that is left and makes it outlive the machine's power.
  void close(std::int64_t now);

  // Empty when what was saved was read and saving works. Any thread.
  [[nodiscard]] std::string problem() const;

 private:
  struct File {
    std::unique_ptr<base::AppendFile> file;
    std::size_t bytes = 0;
  };

  [[nodiscard]] base::Status load(std::int64_t now);
  [[nodiscard]] base::Status append(File& file, std::string_view bytes);
  [[nodiscard]] base::Status put_unread_aside();
  [[nodiscard]] base::Status begin_anew();
  [[nodiscard]] base::Status go_on_anew(std::int64_t now);
  [[nodiscard]] base::Status finish_anew();
  [[nodiscard]] base::Status save_changes();
  void fail(const base::Error& error);
  void set_problem(std::string text);
  [[nodiscard]] bool due() const noexcept;

  base::FileSystem& files_;
  const std::string directory_;
  const std::string path_;
  const std::string path_anew_;
  CountTable& table_;
  const std::size_t max_bytes_;
  File current_;            // without a file: nothing is appended until it is written anew
  File anew_;               // being written; without a file: not
  std::size_t bucket_ = 0;  // of the table, the next to write anew
  std::size_t alive_bytes_ = 0;
  std::size_t calls_until_retry_ = 0;
  std::string unread_;  // why the journal that is there could not be read; empty: nothing is there, or it was
  mutable base::Mutex mutex_;
  std::string problem_ GUARDIAN_GUARDED_BY(mutex_);
  std::string earlier_ GUARDIAN_GUARDED_BY(mutex_);  // why earlier counts are not known, or not all
};

}  // namespace guardian::limits
