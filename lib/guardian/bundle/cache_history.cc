// previous/ and quarantine/: the bundles before the current one, and those that turned out to be no bundle of ours.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "guardian/base/text.h"
#include "guardian/bundle/cache.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::string_view kBundleSuffix = ".bundle.json";
constexpr std::size_t kMaxQuarantined = 5;
constexpr std::size_t kMaxNameBytes = 200;  // a date may be written with any number of digits

// An empty list instead of NotFound.
Result<std::vector<base::DirectoryEntry>> list_if_there(base::FileSystem& files, const std::string& path) {
  auto entries = files.list(path);
  if (!entries.ok() && entries.error().code() == ErrorCode::NotFound) return std::vector<base::DirectoryEntry>();
  return entries;
}

bool newer(const Version& a, const Version& b) {
  if (!a.same_kind(b)) return a.is_date();
  return a.compare(b) > 0;
}

// The numbers that the names in quarantine/ begin with, highest first.
std::vector<std::pair<std::uint64_t, std::string>> numbered(const std::vector<base::DirectoryEntry>& entries) {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  for (const base::DirectoryEntry& entry : entries) {
    const auto number = base::parse_unsigned(std::string_view(entry.name).substr(0, entry.name.find('-')));
    if (number) found.emplace_back(*number, entry.name);
  }
  std::ranges::sort(found, std::greater<>());
  return found;
}

}  // namespace

Result<std::vector<Version>> Cache::previous_versions() const {
  GUARDIAN_ASSIGN(const auto entries, list_if_there(files_, directory_ + "/previous"));
  std::vector<Version> versions;
  for (const base::DirectoryEntry& entry : entries) {
    std::string_view name = entry.name;
    if (!name.ends_with(kBundleSuffix)) continue;
    name.remove_suffix(kBundleSuffix.size());
    auto version = Version::parse(name);
    if (version.ok()) versions.push_back(std::move(version).value());
  }
  std::ranges::sort(versions, newer);
  return versions;
}

Result<SealedBundle> Cache::load_previous(const Version& version, std::size_t max_bytes) const {
  const std::string path = directory_ + "/previous/" + version.text() + std::string(kBundleSuffix);
  GUARDIAN_ASSIGN(std::string bytes, files_.read_file(path, max_bytes));
  auto sealed = SealedBundle::open(std::move(bytes), max_bytes);
  if (!sealed.ok()) return std::move(sealed).error().within(path);
  return sealed;
}

// A second name for the same file costs nothing, and at no instant is the current bundle away.
Status Cache::keep_current(const Version& next) {
  if (!vouched_ || history_ == 0 || vouched_->text().size() > kMaxNameBytes || vouched_->text() == next.text() ||
      !may_hold_bundle()) {
    return {};
  }
  const std::string directory = directory_ + "/previous";
  const std::string path = directory + "/" + vouched_->text() + std::string(kBundleSuffix);
  GUARDIAN_TRY(files_.make_directories(directory));
  if (files_.link(bundle_path(), path).ok()) return files_.sync_directory(directory);
  // Not every file system has hard links.
  GUARDIAN_ASSIGN(const std::string bytes, files_.read_file(bundle_path(), SIZE_MAX));
  return base::replace_file(files_, path, bytes);
}

// What cannot be removed now is removed after the next store.
void Cache::drop_old_previous() {
  const auto versions = previous_versions();
  if (!versions.ok()) return;
  for (std::size_t i = history_; i < versions->size(); ++i) {
    (void)files_.remove_all(directory_ + "/previous/" + (*versions)[i].text() + std::string(kBundleSuffix));
  }
}

Result<std::string> Cache::quarantine_current(std::string_view why) {
  const std::string directory = directory_ + "/quarantine";
  GUARDIAN_TRY(files_.make_directories(directory));
  GUARDIAN_ASSIGN(const auto entries, list_if_there(files_, directory));
  const auto held = numbered(entries);
  const std::uint64_t number = held.empty() ? 1 : held.front().first + 1;
  std::string path = directory + "/" + std::to_string(number) + "-" + std::string(why) + std::string(kBundleSuffix);
  GUARDIAN_TRY(files_.rename(bundle_path(), path));
  vouched_.reset();
  for (std::size_t i = kMaxQuarantined - 1; i < held.size(); ++i) {
    (void)files_.remove_all(directory + "/" + held[i].second);
  }
  GUARDIAN_TRY(files_.sync_directory(directory));
  GUARDIAN_TRY(files_.sync_directory(directory_));
  return path;
}

}  // namespace guardian::bundle
