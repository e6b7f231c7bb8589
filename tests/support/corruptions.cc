#include "tests/support/corruptions.h"

#include <iterator>
#include <utility>

#include "guardian/base/check.h"

namespace guardian::test {

namespace {

using base::ErrorCode;

crypto::PrivateKey make_key_of(crypto::KeyType type) {
  auto key = crypto::PrivateKey::generate(type);
  GUARDIAN_ASSERT(key.ok());
  return std::move(key).value();
}

void append(std::vector<Corruption>& all, std::vector<Corruption> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::string_view to_string(RefusedBy refused_by) noexcept {
  switch (refused_by) {
    case RefusedBy::All:
      return "all";
    case RefusedBy::AllButTheCache:
      return "all_but_the_cache";
    case RefusedBy::AllButVerifyBundle:
      return "all_but_verify_bundle";
  }
  GUARDIAN_ASSERT(false);
}

CorruptionKeys make_corruption_keys() {
  return {make_key(), make_key_of(crypto::KeyType::P256), make_key_of(crypto::KeyType::Rsa), make_key()};
}

std::string corruption_root(const CorruptionKeys& keys, Trusted trusted) {
  RootOptions options;
  options.expires_at = "2100-01-01T00:00:00Z";
  switch (trusted) {
    case Trusted::OneOfThree:
      return root_bytes({&keys.ed25519, &keys.p256, &keys.rsa}, options);
    case Trusted::TwoOfTwo:
      options.threshold = 2;
      return root_bytes({&keys.ed25519, &keys.p256}, options);
  }
  GUARDIAN_ASSERT(false);
}

std::string good_bundle(const CorruptionKeys& keys, std::string_view version) {
  return BundleBuilder().date(version).bytes({&keys.ed25519, &keys.p256});
}

std::vector<Corruption> date_corruptions(const CorruptionKeys& keys) {
  std::vector<Corruption> corruptions;
  const auto add = [&](std::string name, const BundleBuilder& builder, ErrorCode code, RefusedBy refused_by) {
    corruptions.push_back({std::move(name), builder.bytes({&keys.ed25519}), code, refused_by, Trusted::OneOfThree});
  };
  const auto fresh = [&](std::string name, const BundleBuilder& builder, ErrorCode code) {
    add(std::move(name), builder, code, RefusedBy::AllButTheCache);
  };
  fresh("expired", BundleBuilder().set("expiresAt", R"("2026-04-18T11:00:00Z")"), ErrorCode::Expired);
  fresh("expired before it was made", BundleBuilder().set("expiresAt", R"("2020-01-01T00:00:00Z")"),
        ErrorCode::Expired);
  fresh("version and timestamp far ahead", BundleBuilder().date("2999-01-01T00:00:00Z"), ErrorCode::FutureVersion);
  fresh("version far ahead", BundleBuilder().set("version", R"("2999-01-01T00:00:00Z")"), ErrorCode::FutureVersion);
  fresh("timestamp far ahead", BundleBuilder().set("timestamp", R"("2999-01-01T00:00:00Z")"), ErrorCode::FutureVersion);

  const auto known = [&](std::string name, const BundleBuilder& builder, ErrorCode code) {
    add(std::move(name), builder, code, RefusedBy::AllButVerifyBundle);
  };
  known("the bundle before", BundleBuilder().date(kPreviousVersion), ErrorCode::Rollback);
  known("older than all", BundleBuilder().date("2020-01-01T00:00:00Z"), ErrorCode::Rollback);
  known("older by a nanosecond", BundleBuilder().set("version", R"("2026-04-18T09:59:59.999999999Z")"),
        ErrorCode::Rollback);
  known("older by version, newer by timestamp", BundleBuilder().set("version", R"("2026-04-18T09:30:00Z")"),
        ErrorCode::Rollback);
  known("the same version with another payload", BundleBuilder().date(kCurrentVersion).clear_agents(),
        ErrorCode::Rollback);
  known("the same version spelt in another way",
        BundleBuilder().date(kCurrentVersion).set("version", R"("2026-04-18T10:00:00+00:00")"), ErrorCode::Rollback);
  known("version a number after dates", BundleBuilder().set("version", "42"), ErrorCode::VersionKind);
  known("version a number as text after dates", BundleBuilder().set("version", R"("20991231235959")"),
        ErrorCode::VersionKind);
  return corruptions;
}

std::vector<Corruption> content_corruptions(const CorruptionKeys& keys) {
  std::vector<Corruption> all = payload_corruptions(keys);
  append(all, agent_corruptions(keys));
  append(all, list_corruptions(keys));
  append(all, policy_corruptions(keys));
  return all;
}

std::vector<Corruption> all_corruptions(const CorruptionKeys& keys) {
  std::vector<Corruption> all = envelope_corruptions(keys);
  append(all, signature_corruptions(keys));
  append(all, date_corruptions(keys));
  append(all, content_corruptions(keys));
  return all;
}

void ContentTable::add(std::string name, std::string_view payload, ErrorCode code) {
  corruptions_.push_back(
      {std::move(name), sign_payload(payload, {&keys_.ed25519}), code, RefusedBy::All, Trusted::OneOfThree});
}

void ContentTable::add(std::string name, const BundleBuilder& builder, ErrorCode code) {
  add(std::move(name), builder.payload(), code);
}

void ContentTable::member(std::string name, std::string_view member, std::string json, ErrorCode code) {
  add(std::move(name), BundleBuilder().set(member, std::move(json)), code);
}

void ContentTable::without(std::string name, std::string_view member) {
  add(std::move(name), BundleBuilder().remove(member));
}

void ContentTable::agent(std::string name, std::string_view members, ErrorCode code) {
  add(std::move(name), BundleBuilder().add_agent("{" + std::string(members) + "}"), code);
}

void ContentTable::policy(std::string name, std::string json, ErrorCode code) {
  add(std::move(name), BundleBuilder().add_policy(std::move(json)), code);
}

std::string nested_lists(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  GUARDIAN_ASSERT(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace guardian::test
