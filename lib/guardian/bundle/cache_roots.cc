// roots/: the trust roots from the anchor on.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "guardian/base/text.h"
#include "guardian/bundle/cache.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

std::string root_path(const std::string& directory, std::uint64_t version) {
  return directory + "/roots/" + std::to_string(version) + ".json";
}

// Oldest first.
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
  std::ranges::sort(versions);
  return versions;
}

Result<TrustRoot> load_pinned(base::FileSystem& files, const std::string& path, std::uint64_t version) {
  GUARDIAN_ASSIGN(const std::string text, files.read_file(path, kMaxTrustRootBytes));
  GUARDIAN_ASSIGN(TrustRoot root, TrustRoot::parse_root_envelope(text));
  if (root.version() == version) return root;
  return Error(ErrorCode::TrustRootInvalid, "holds version " + std::to_string(root.version()));
}

Result<std::optional<TrustRoot>> oldest_pinned(base::FileSystem& files, const std::string& directory) {
  GUARDIAN_ASSIGN(const auto versions, pinned_versions(files, directory));
  std::optional<Error> failure;
  for (const std::uint64_t version : versions) {
    const std::string path = root_path(directory, version);
    auto root = load_pinned(files, path, version);
    if (root.ok()) return std::optional<TrustRoot>(std::move(root).value());
    if (root.error().code() == ErrorCode::Io) return std::move(root).error();
    failure = std::move(root).error().within(path);
  }
  if (failure) return *std::move(failure);
  return std::optional<TrustRoot>();
}

}  // namespace

Result<std::optional<TrustChain>> Cache::load_roots(const TrustRoot* anchor) const {
  std::optional<TrustChain> chain;
  if (anchor != nullptr) {
    chain.emplace(*anchor);
  } else {
    GUARDIAN_ASSIGN(auto pinned, oldest_pinned(files_, directory_));
    if (!pinned) return std::optional<TrustChain>();
    chain.emplace(std::move(*pinned));
  }
  if (!chain->anchor().can_rotate()) return chain;
  // It ends at the first root that is not there, is damaged, or belongs to another anchor.
  while (true) {
    const std::uint64_t next = chain->newest().version() + 1;
    auto root = load_pinned(files_, root_path(directory_, next), next);
    if (!root.ok() || !chain->extend(std::move(root).value()).ok()) return chain;
  }
}

Status Cache::store_roots(const TrustChain& chain, std::uint64_t up_to) {
  if (!chain.anchor().can_rotate()) return {};
  GUARDIAN_TRY(files_.make_directories(directory_ + "/roots"));
  for (const TrustRoot& root : chain.roots()) {
    if (root.version() > up_to) break;
    const std::string path = root_path(directory_, root.version());
    const auto held = files_.read_file(path, kMaxTrustRootBytes);
    if (held.ok() && *held == root.source()) continue;
    GUARDIAN_TRY(base::replace_file(files_, path, root.source()));
  }
  // Without TRUST_ROOT the oldest one would be the pinned one.
  GUARDIAN_ASSIGN(const auto versions, pinned_versions(files_, directory_));
  for (const std::uint64_t version : versions) {
    if (version >= chain.anchor().version()) break;
    GUARDIAN_TRY(files_.remove_all(root_path(directory_, version)));
    GUARDIAN_TRY(files_.sync_directory(directory_ + "/roots"));
  }
  return files_.sync_directory(directory_);
}

}  // namespace guardian::bundle
