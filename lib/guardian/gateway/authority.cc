#include "guardian/gateway/authority.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "guardian/crypto/digest.h"
#include "guardian/crypto/dsse.h"

namespace guardian::gateway {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using bundle::TrustRoot;
using Roots = std::vector<TrustRoot>;
using Keys = std::vector<crypto::PrivateKey>;

constexpr std::chrono::hours kMadeRootLife{365 * 24};

std::string name_of(const TrustRoot& root) { return "trust root " + std::to_string(root.version()); }

Result<TrustRoot> read_root(base::FileSystem& files, const std::string& path) {
  GUARDIAN_ASSIGN(const std::string text, files.read_file(path, bundle::kMaxTrustRootBytes));
  auto root = TrustRoot::parse_root_envelope(text);
  if (!root) return std::move(root).error().within(path);
  return root;
}

bool is_root_file(const base::DirectoryEntry& entry) {
  return !entry.is_directory && !entry.name.starts_with('.') && entry.name.ends_with(".json");
}

Result<std::vector<std::string>> root_files(base::FileSystem& files, const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    const auto entries = files.list(path);
    if (!entries) {
      found.push_back(path);
      continue;
    }
    const std::size_t before = found.size();
    for (const base::DirectoryEntry& entry : *entries) {
      if (is_root_file(entry)) found.push_back(path + "/" + entry.name);
    }
    if (found.size() == before) return Error(ErrorCode::InvalidInput, "`" + path + "` holds no trust roots (*.json)");
  }
  if (found.size() > kMaxTrustRoots) {
    return Error(ErrorCode::TooLarge, "more than " + std::to_string(kMaxTrustRoots) + " trust roots");
  }
  return found;
}

Result<Roots> read_roots(base::FileSystem& files, const std::vector<std::string>& paths) {
  GUARDIAN_ASSIGN(const auto found, root_files(files, paths));
  Roots roots;
  for (const std::string& path : found) {
    GUARDIAN_ASSIGN(TrustRoot root, read_root(files, path));
    roots.push_back(std::move(root));
  }
  std::ranges::stable_sort(roots, {}, &TrustRoot::version);
  return roots;
}

Result<Roots> make_first_root(const Keys& keys, base::TimePoint now) {
  bundle::TrustRootDraft draft;
  draft.expires_at = base::to_instant(std::chrono::floor<std::chrono::seconds>(now + kMadeRootLife));
  for (const crypto::PrivateKey& key : keys) draft.keys.push_back(key.public_key());
  GUARDIAN_ASSIGN(crypto::Envelope envelope, bundle::make_trust_root(draft));
  for (const crypto::PrivateKey& key : keys) crypto::sign_envelope(envelope, key);
  GUARDIAN_ASSIGN(TrustRoot root, TrustRoot::parse_root_envelope(crypto::write_envelope(envelope)));
  Roots roots;
  roots.push_back(std::move(root));
  return roots;
}

Result<bundle::TrustChain> chain_of(Roots roots) {
  bundle::TrustChain chain(std::move(roots.front()));
  for (std::size_t i = 1; i < roots.size(); ++i) GUARDIAN_TRY(chain.extend(std::move(roots[i])));
  return chain;
}

// A key outside the root would sign in vain, and its owner would not learn of it.
Status check_keys(const Keys& keys, const TrustRoot& newest) {
  for (const crypto::PrivateKey& key : keys) {
    const std::string& thumbprint = key.public_key().thumbprint();
    if (std::ranges::find(newest.keys(), thumbprint, &crypto::PublicKey::thumbprint) == newest.keys().end()) {
      return Error(ErrorCode::InvalidInput, "signing key `" + thumbprint + "` is not in the newest trust root");
    }
  }
  return {};
}

// Sidecars hold the root that was newest: without it among the roots none of them could follow.
Status check_goes_on(const Authority& next, const Authority& previous, base::TimePoint now) {
  const TrustRoot& last = previous.roots.newest();
  const TrustRoot& newest = next.roots.newest();
  const TrustRoot* const again = next.roots.find(last.version());
  if (again == nullptr) {
    return Error(ErrorCode::InvalidInput, name_of(last) + ", which sidecars hold, is not among the trust roots");
  }
  if (again->digest() != last.digest()) {
    return Error(ErrorCode::InvalidInput, name_of(last) + " is not the one that sidecars hold: give the next version");
  }
  if (newest.version() > last.version() && base::to_instant(now) >= *newest.expires_at()) {
    return Error(ErrorCode::Expired, name_of(newest) + " has expired");
  }
  return {};
}

std::vector<std::string> thumbprints_of(const Keys& keys) {
  std::vector<std::string> thumbprints;
  for (const crypto::PrivateKey& key : keys) thumbprints.push_back(key.public_key().thumbprint());
  std::ranges::sort(thumbprints);
  return thumbprints;
}

std::string identity_of(const Keys& keys, const Roots& roots) {
  std::string all;
  for (const std::string& thumbprint : thumbprints_of(keys)) all += thumbprint + "\n";
  for (const TrustRoot& root : roots) all += crypto::hex(crypto::sha256(root.source())) + "\n";
  return all;
}

Result<Roots> roots_of(base::FileSystem& files, const std::vector<std::string>& paths, const Keys& keys,
                       const Authority* previous, base::TimePoint now) {
  if (!paths.empty()) return read_roots(files, paths);
  if (previous == nullptr) return make_first_root(keys, now);
  if (thumbprints_of(keys) != thumbprints_of(previous->keys)) {
    return Error(ErrorCode::InvalidInput,
                 "the signing keys changed but the trust root was made of the old ones: give --trust-root to rotate");
  }
  return previous->roots.roots();
}

}  // namespace

Result<std::shared_ptr<const Authority>> load_authority(base::FileSystem& files, const KeySource& keys,
                                                        const std::vector<std::string>& trust_roots,
                                                        const std::shared_ptr<const Authority>& previous,
                                                        base::TimePoint now) {
  GUARDIAN_ASSIGN(Keys read, keys());
  if (read.empty()) return Error(ErrorCode::InvalidInput, "a signing key is required");
  GUARDIAN_ASSIGN(Roots roots, roots_of(files, trust_roots, read, previous.get(), now));
  std::string identity = identity_of(read, roots);
  if (previous != nullptr && identity == previous->identity) return previous;
  GUARDIAN_ASSIGN(bundle::TrustChain chain, chain_of(std::move(roots)));
  GUARDIAN_TRY(check_keys(read, chain.newest()));
  auto next = std::make_shared<const Authority>(Authority{std::move(read), std::move(chain), std::move(identity)});
  if (previous != nullptr) GUARDIAN_TRY(check_goes_on(*next, *previous, now));
  return next;
}

}  // namespace guardian::gateway
