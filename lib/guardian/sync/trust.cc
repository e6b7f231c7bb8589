#include "guardian/sync/trust.h"

#include <string>
#include <utility>

#include "guardian/bundle/cached_bundle.h"
#include "guardian/sync/gateway_request.h"

namespace guardian::sync {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using bundle::TrustChain;
using bundle::TrustRoot;

std::string name_of(std::uint64_t version) { return "trust root " + std::to_string(version); }

Result<TrustRoot> fetch_root(const Trust::Fetch& fetch, std::optional<std::uint64_t> version) {
  const std::string name = version ? "the gateway's " + name_of(*version) : "the gateway's trust root";
  GUARDIAN_ASSIGN(const net::Answer answer, fetch(version));
  if (answer.status == 404) return Error(ErrorCode::NotFound, name + " is not there (404)");
  if (answer.status != 200) return error_of_status(answer.status).within(name);
  auto root = TrustRoot::parse_root_envelope(answer.body);
  if (!root) return std::move(root).error().within(name);
  if (version && root->version() != *version) {
    return Error(ErrorCode::TrustRootInvalid, name + " says that it is version " + std::to_string(root->version()));
  }
  return root;
}

// Takes `chain` to `newest`, which the gateway has given already, or kMaxRootsPerSync nearer to it.
Status extend_to(TrustChain& chain, TrustRoot newest, const Trust::Fetch& fetch) {
  const std::uint64_t last = newest.version();
  for (std::uint64_t taken = 0; chain.newest().version() + 1 < last; ++taken) {
    if (taken == kMaxRootsPerSync) return {};
    auto root = fetch_root(fetch, chain.newest().version() + 1);
    if (!root && root.error().code() == ErrorCode::NotFound) {
      return Error(ErrorCode::TrustRootInvalid,
                   root.error().message() + ": there is a gap on the way to " + name_of(last));
    }
    if (!root && root.error().code() != ErrorCode::Network && root.error().code() != ErrorCode::Unauthorized) {
      return Error(ErrorCode::TrustRootInvalid, root.error().message());
    }
    if (!root) return std::move(root).error();
    GUARDIAN_TRY(chain.extend(std::move(root).value()));
  }
  return chain.extend(std::move(newest));
}

Status check_unexpired(const TrustRoot& root, base::Instant now) {
  if (!root.expires_at() || now < *root.expires_at()) return {};
  return Error(ErrorCode::Expired, "the gateway's " + name_of(root.version()) + " has expired");
}

}  // namespace

Result<Trust> Trust::create(std::string_view configured) {
  Trust trust;
  if (configured.empty()) {
    trust.source_ = TrustSource::FirstUse;
    return trust;
  }
  auto root = TrustRoot::parse(configured);
  if (!root) return std::move(root).error().within("TRUST_ROOT");
  trust.configured_ = std::move(root).value();
  trust.forget();
  return trust;
}

void Trust::forget() {
  chain_.reset();
  if (!configured_) return;
  chain_.emplace(*configured_);
  put_in_force(configured_->version());
}

Status Trust::check_reach() const {
  if (newest().version() >= oldest_) return {};
  return Error(ErrorCode::NoTrustRoot, name_of(oldest_) + " was in force and cannot be found any more");
}

Status Trust::load(const bundle::Cache& cache, const bundle::CacheState& state) {
  GUARDIAN_ASSIGN(auto chain, cache.load_roots(configured_ ? &*configured_ : nullptr));
  if (!chain) return {};
  chain_ = std::move(chain);
  in_force_ = chain_->newest().version();
  oldest_ = bundle::oldest_trusted(*chain_, state);
  if (!configured_) source_ = TrustSource::Pinned;
  return {};
}

Status Trust::adopt_first(const Fetch& fetch, base::Instant now) {
  GUARDIAN_ASSIGN(TrustRoot root, fetch_root(fetch, std::nullopt));
  GUARDIAN_TRY(check_unexpired(root, now));
  put_in_force(root.version());
  chain_.emplace(std::move(root));
  source_ = TrustSource::FirstUse;
  return {};
}

Status Trust::follow(const Fetch& fetch, base::Instant now) {
  if (!chain_->anchor().can_rotate()) return {};
  GUARDIAN_ASSIGN(TrustRoot newest, fetch_root(fetch, std::nullopt));
  const TrustRoot& own = chain_->newest();
  if (newest.version() == own.version()) {
    if (newest.digest() == own.digest()) return {};
    return Error(ErrorCode::TrustRootInvalid, "the gateway has another " + name_of(own.version()));
  }
  if (newest.version() < own.version()) {
    return Error(ErrorCode::TrustRootInvalid, "the gateway's " + name_of(newest.version()) + " is older than ours, " +
                                                  std::to_string(own.version()));
  }
  GUARDIAN_TRY(check_unexpired(newest, now));
  TrustChain chain = *chain_;
  const std::uint64_t last = newest.version();
  GUARDIAN_TRY(extend_to(chain, std::move(newest), fetch));
  chain_ = std::move(chain);
  if (chain_->newest().version() == last) return {};
  return Error(ErrorCode::TrustRootInvalid, "the gateway's " + name_of(last) + " is not reached yet: " +
                                                name_of(chain_->newest().version()) + " is; the next sync goes on");
}

}  // namespace guardian::sync
