#include "guardian/gateway/file_stamps.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "guardian/bundle/directory_source.h"

namespace guardian::gateway {

namespace {

// Longer than the steps in which any common file system counts time, but for those that count in seconds or two.
constexpr std::chrono::milliseconds kSettled{2'500};

// Collects stamps of files, and the newest time among them.
class Collector {
 public:
  void add(const std::string& path) {
    struct stat found = {};
    // What cannot be seen is a state of its own.
    if (::stat(path.c_str(), &found) != 0) found = {};
    stamps_.append(path).push_back('\0');
    add_number(found.st_dev);
    add_number(found.st_ino);
    add_number(found.st_size);
    add_time(found.st_mtim);
    add_time(found.st_ctim);
  }

  template <typename Wanted>
  void add_entries(const std::string& directory, Wanted wanted) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
      std::string name = it->path().filename().string();
      if (wanted(name)) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    for (const std::string& name : names) add(directory + "/" + name);
  }

  [[nodiscard]] std::string take() { return std::move(stamps_); }
  [[nodiscard]] std::chrono::nanoseconds newest() const noexcept { return newest_; }

 private:
  template <typename Number>
  void add_number(Number number) {
    stamps_.append(std::to_string(number)).push_back(' ');
  }
  void add_time(const timespec& time) {
    const auto since_1970 = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    newest_ = std::max(newest_, std::chrono::nanoseconds(since_1970));
    add_number(since_1970.count());
  }

  std::string stamps_;
  std::chrono::nanoseconds newest_{};
};

bool is_policy_name(const std::string& name) { return bundle::is_policy_file({name, false}); }

}  // namespace

FileStamps::FileStamps(std::string directory, std::vector<std::string> others, const base::Clock& clock)
    : directory_(std::move(directory)), others_(std::move(others)), clock_(clock), last_(take()) {}

std::string FileStamps::take() {
  Collector collector;
  collector.add_entries(directory_ + "/policies", is_policy_name);
  for (const char* const name : {"/agents.yaml", "/tiers.yaml", "/bundle.yaml"}) {
    collector.add(directory_ + name);
  }
  for (const std::string& other : others_) {
    collector.add(other);
    collector.add_entries(other, [](const std::string& name) { return name.ends_with(".json"); });
  }
  const auto age = clock_.now().time_since_epoch() - collector.newest();
  unsettled_ = age < kSettled && age > -kSettled;
  return collector.take();
}

bool FileStamps::changed() {
  const bool was_unsettled = unsettled_;
  std::string now = take();
  const bool different = now != last_;
  last_ = std::move(now);
  // Files that changed a moment ago may have changed again since they were read, with the same stamp.
  return different || (was_unsettled && !unsettled_);
}

}  // namespace guardian::gateway
