#include "guardian/bundle/cache.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "guardian/base/text.h"
#include "guardian/bundle/cache_state.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::size_t kMaxStateBytes = std::size_t{64} << 10;

std::string state_path(const std::string& directory) { return directory + "/state.json"; }

std::string root_path(const std::string& directory, std::uint64_t version) {
  return directory + "/roots/" + std::to_string(version) + ".json";
}

// nullopt instead of NotFound.
Result<std::optional<std::string>> read_if_there(base::FileSystem& files, const std::string& path,
                                                 std::size_t max_bytes) {
  auto bytes = files.read_file(path, max_bytes);
  if (bytes.ok()) return std::optional<std::string>(std::move(bytes).value());
  if (bytes.error().code() == ErrorCode::NotFound) return std::optional<std::string>();
  return std::move(bytes).error();
}

// Newest first.
Result<std::vector<std::uint64_t>> pinned_versions(base::FileSystem& files, const std::string& directory) {
  const auto entries = files.list(directory + "/roots");
  if (!entries.ok()) {
    if (entries.error().code() == ErrorCode::NotFound) return std::vector<std::uint64_t>();
    return entries.error();
  }
  std::vector<std::uint64_t> versions;
  constexpr std::string_view kSuffix = ".json";
  for (const base::DirectoryEntry& entry : *entries) {
    std::string_view name = entry.name;
    if (!name.ends_with(kSuffix)) continue;
    name.remove_suffix(kSuffix.size());
    if (const auto version = base::parse_unsigned(name)) versions.push_back(*version);
  }
  std::ranges::sort(versions, std::greater<>());
  return versions;
}

Result<TrustRoot> load_pinned(base::FileSystem& files, const std::string& path, std::uint64_t version) {
  GUARDIAN_ASSIGN(const std::string text, files.read_file(path, kMaxTrustRootBytes));
  GUARDIAN_ASSIGN(TrustRoot root, TrustRoot::parse(text));
  if (root.version() == version) return root;
  return Error(ErrorCode::TrustRootInvalid, "holds version " + std::to_string(root.version()));
}

}  // namespace

Cache::Cache(base::FileSystem& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

std::string Cache::bundle_path() const { return directory_ + "/current.bundle.json"; }

std::string Cache::lock_path() const { return directory_ + "/lock"; }

Status Cache::prepare() { return files_.make_directories(directory_); }

Result<std::optional<SealedBundle>> Cache::load_bundle(std::size_t max_bytes) const {
  GUARDIAN_ASSIGN(auto bytes, read_if_there(files_, bundle_path(), max_bytes));
  if (!bytes) return std::optional<SealedBundle>();
  auto sealed = SealedBundle::open(std::move(*bytes), max_bytes);
  if (!sealed.ok()) return std::move(sealed).error().within(bundle_path());
  return std::optional<SealedBundle>(std::move(sealed).value());
}

bool Cache::may_hold_bundle() const {
  const auto found = files_.read_file(bundle_path(), 0);
  return found.ok() || found.error().code() != ErrorCode::NotFound;
}

Result<CacheState> Cache::load_state() const {
  const std::string path = state_path(directory_);
  const auto text = read_if_there(files_, path, kMaxStateBytes);
  if (!text.ok()) {
    const bool too_large = text.error().code() == ErrorCode::TooLarge;
    return Error(too_large ? ErrorCode::Malformed : text.error().code(), text.error().message());
  }
  if (!text->has_value()) return CacheState();
  auto state = parse_state(**text);
  if (!state.ok()) return Error(ErrorCode::Malformed, path + ": " + state.error().message());
  return state;
}

Status Cache::store(const VerifiedBundle& bundle, const CacheState& state) {
  GUARDIAN_TRY(prepare());
  GUARDIAN_TRY(base::replace_file(files_, bundle_path(), bundle.bytes()));
  return base::replace_file(files_, state_path(directory_), write_state(state));
}

Status Cache::store_state(const CacheState& state) {
  GUARDIAN_TRY(prepare());
  return base::replace_file(files_, state_path(directory_), write_state(state));
}

Result<std::optional<TrustRoot>> Cache::load_root() const {
  GUARDIAN_ASSIGN(const auto versions, pinned_versions(files_, directory_));
  std::optional<Error> first_failure;
  for (const std::uint64_t version : versions) {
    const std::string path = root_path(directory_, version);
    auto root = load_pinned(files_, path, version);
    if (root.ok()) return std::optional<TrustRoot>(std::move(root).value());
    if (root.error().code() == ErrorCode::Io) return std::move(root).error();
    if (!first_failure) first_failure = std::move(root).error().within(path);
  }
  if (first_failure) return *std::move(first_failure);
  return std::optional<TrustRoot>();
}

Status Cache::store_root(const TrustRoot& root) {
  GUARDIAN_TRY(files_.make_directories(directory_ + "/roots"));
  GUARDIAN_TRY(base::replace_file(files_, root_path(directory_, root.version()), root.source()));
  return files_.sync_directory(directory_);
}

Status Cache::clear(bool audit_too) {
  const auto listed = files_.list(directory_);
  if (!listed.ok() && listed.error().code() == ErrorCode::NotFound) return {};
  // A state that cannot be read gives up its sidecar id: clearing is the way out of that, too.
  const auto state = load_state();
  // Named one by one: the directory may be one that somebody else keeps files in.
  std::vector<std::string> gone = {"current.bundle.json", "current.bundle.json.tmp", "previous", "quarantine", "roots",
                                   "state.json.tmp"};
  if (audit_too) gone.emplace_back("audit");
  for (const std::string& name : gone) GUARDIAN_TRY(files_.remove_all(directory_ + "/" + name));
  // The floor goes last: a crash on the way never leaves an old bundle without it.
  if (state.ok() && !state->sidecar_id.empty()) {
    CacheState kept;
    kept.sidecar_id = state->sidecar_id;
    return store_state(kept);
  }
  GUARDIAN_TRY(files_.remove_all(state_path(directory_)));
  return files_.sync_directory(directory_);
}

}  // namespace guardian::bundle
