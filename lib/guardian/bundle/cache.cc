#include "guardian/bundle/cache.h"

#include <vector>

#include "guardian/bundle/cache_state.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::size_t kMaxStateBytes = std::size_t{64} << 10;

std::string state_path(const std::string& directory) { return directory + "/state.json"; }

// nullopt instead of NotFound.
Result<std::optional<std::string>> read_if_there(base::FileSystem& files, const std::string& path,
                                                 std::size_t max_bytes) {
  auto bytes = files.read_file(path, max_bytes);
  if (bytes.ok()) return std::optional<std::string>(std::move(bytes).value());
  if (bytes.error().code() == ErrorCode::NotFound) return std::optional<std::string>();
  return std::move(bytes).error();
}

}  // namespace

Cache::Cache(base::FileSystem& files, std::string directory, std::size_t history)
    : files_(files), directory_(std::move(directory)), history_(history) {}

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
  const Version& version = bundle.payload().version;
  GUARDIAN_TRY(prepare());
  // A history that cannot be kept holds nothing up.
  const Status kept = keep_current(version);
  // Replacing it may fail once it is replaced: then nobody knows what stands there.
  if (kept.ok()) vouched_.reset();
  GUARDIAN_TRY(base::replace_file(files_, bundle_path(), bundle.bytes()));
  vouched_ = version;
  GUARDIAN_TRY(base::replace_file(files_, state_path(directory_), write_state(state)));
  drop_old_previous();
  return kept;
}

Status Cache::store_state(const CacheState& state) {
  GUARDIAN_TRY(prepare());
  return base::replace_file(files_, state_path(directory_), write_state(state));
}

Status Cache::clear(bool audit_too) {
  const auto listed = files_.list(directory_);
  if (!listed.ok() && listed.error().code() == ErrorCode::NotFound) return {};
  // A state that cannot be read gives up its sidecar id: clearing is the way out of that, too.
  const auto state = load_state();
  // Named one by one: the directory may be one that somebody else keeps files in.
  std::vector<std::string> gone = {"current.bundle.json", "current.bundle.json.tmp", "previous", "quarantine", "roots",
                                   "state.json.tmp"};
  // The trail goes at one stroke: a sidecar may be writing it.
  if (audit_too) {
    GUARDIAN_TRY(files_.remove_all(directory_ + "/audit.cleared"));
    const auto moved = files_.rename(directory_ + "/audit", directory_ + "/audit.cleared");
    if (!moved && moved.error().code() != ErrorCode::NotFound) return moved;
    gone.emplace_back("audit.cleared");
  }
  for (const std::string& name : gone) GUARDIAN_TRY(files_.remove_all(directory_ + "/" + name));
  vouched_.reset();
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
