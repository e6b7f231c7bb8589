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

// The root's own signatures were checked when it was parsed; here those of the one before.
Status check_chain(const Roots& roots) {
  for (std::size_t i = 1; i < roots.size(); ++i) {
    const TrustRoot& before = roots[i - 1];
    const TrustRoot& root = roots[i];
    if (root.version() != before.version() + 1) {
      return Error(ErrorCode::InvalidInput, name_of(root) + " does not follow " + name_of(before));
    }
    GUARDIAN_ASSIGN(const auto envelope, crypto::parse_envelope(root.source(), bundle::kMaxTrustRootBytes));
    const auto signers = crypto::verify_envelope(envelope, before.keys(), before.threshold());
    if (!signers) {
      return Error(ErrorCode::TrustRootInvalid, name_of(root) + " is not signed by the keys of " + name_of(before) +
                                                    ": " + signers.error().message() +
                                                    " (guardian bundle sign adds a signature)");
    }
  }
  return {};
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

bool same_payload(const TrustRoot& a, const TrustRoot& b) {
  const auto first = crypto::parse_envelope(a.source(), bundle::kMaxTrustRootBytes);
  const auto second = crypto::parse_envelope(b.source(), bundle::kMaxTrustRootBytes);
  return first.ok() && second.ok() && first->payload_untrusted == second->payload_untrusted;
}

// Sidecars hold the root that was newest: without it among the roots none of them could follow.
Status check_goes_on(const Authority& next, const Authority& previous, base::TimePoint now) {
  const TrustRoot& last = previous.newest();
  const TrustRoot* const again = next.root(last.version());
  if (again == nullptr) {
    return Error(ErrorCode::InvalidInput, name_of(last) + ", which sidecars hold, is not among the trust roots");
  }
  if (!same_payload(*again, last)) {
    return Error(ErrorCode::InvalidInput, name_of(last) + " is not the one that sidecars hold: give the next version");
  }
  if (next.newest().version() > last.version() && base::to_instant(now) >= *next.newest().expires_at()) {
    return Error(ErrorCode::Expired, name_of(next.newest()) + " has expired");
  }
  return {};
}

std::vector<std::string> thumbprints_of(const Keys& keys) {
  std::vector<std::string> thumbprints;
  for (const crypto::PrivateKey& key : keys) thumbprints.push_back(key.public_key().thumbprint());
  std::ranges::sort(thumbprints);
  return thumbprints;
}

std::string identity_of(const Authority& authority) {
  std::string all;
  for (const std::string& thumbprint : thumbprints_of(authority.keys)) all += thumbprint + "\n";
  for (const TrustRoot& root : authority.roots) all += crypto::hex(crypto::sha256(root.source())) + "\n";
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
  return previous->roots;
}

}  // namespace

const TrustRoot* Authority::root(std::uint64_t version) const noexcept {
  const auto found = std::ranges::find(roots, version, &TrustRoot::version);
  return found == roots.end() ? nullptr : &*found;
}

Result<std::shared_ptr<const Authority>> load_authority(base::FileSystem& files, const KeySource& keys,
                                                        const std::vector<std::string>& trust_roots,
                                                        const std::shared_ptr<const Authority>& previous,
                                                        base::TimePoint now) {
  auto next = std::make_shared<Authority>();
  GUARDIAN_ASSIGN(next->keys, keys());
  if (next->keys.empty()) return Error(ErrorCode::InvalidInput, "a signing key is required");
  GUARDIAN_ASSIGN(next->roots, roots_of(files, trust_roots, next->keys, previous.get(), now));
  next->identity = identity_of(*next);
  if (previous != nullptr && next->identity == previous->identity) return previous;
  GUARDIAN_TRY(check_chain(next->roots));
  GUARDIAN_TRY(check_keys(next->keys, next->newest()));
  if (previous != nullptr) GUARDIAN_TRY(check_goes_on(*next, *previous, now));
  return std::shared_ptr<const Authority>(std::move(next));
}

}  // namespace guardian::gateway
