#include "guardian/bundle/cache_state.h"

#include <algorithm>

#include "guardian/base/text.h"
#include "guardian/bundle/members.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Instant;
using base::Result;
using json::Value;

constexpr std::int64_t kLastSecondOf9999 = 253'402'300'799;
constexpr std::size_t kMaxTextBytes = 4096;

// The gateway chose the ETag and the operator the id: neither may make a state that cannot be read back.
bool can_be_kept(std::string_view text) { return !text.empty() && text.size() <= kMaxTextBytes && base::is_utf8(text); }

// With all nanoseconds, so that what is read back is not older; held inside the years that RFC 3339 can write.
std::string write_instant(Instant instant) {
  instant.seconds = std::clamp<std::int64_t>(instant.seconds, 0, kLastSecondOf9999);
  std::string text = base::format_rfc3339(base::to_time_point({instant.seconds, 0}));
  if (instant.nanoseconds == 0) return text;
  const std::string digits = std::to_string(instant.nanoseconds);
  text.pop_back();
  return text + "." + std::string(9 - digits.size(), '0') + digits + "Z";
}

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<crypto::Digest> parse_digest(std::string_view text) {
  crypto::Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = hex_digit(text[2 * i]);
    const auto low = hex_digit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(*high * 16 + *low);
  }
  return digest;
}

Result<std::optional<VersionFloor>> read_floor(const Members& root) {
  const Value* const value = root.object().find("floor");
  if (value == nullptr) return std::optional<VersionFloor>();
  const Members floor(*value, root, "floor");
  GUARDIAN_TRY(floor.check({"version", "payloadSha256"}, Extensions::Refused));
  GUARDIAN_ASSIGN(const std::string_view version_text, floor.text("version"));
  auto version = Version::parse(version_text);
  if (!version.ok()) return floor.error("version", nullptr, version.error().message());
  GUARDIAN_ASSIGN(const std::string_view digest_text, floor.text("payloadSha256"));
  const auto digest = parse_digest(digest_text);
  if (!digest) return floor.error("payloadSha256", nullptr, "must be 64 hexadecimal digits");
  return std::optional<VersionFloor>(VersionFloor{std::move(version).value(), *digest});
}

Result<std::optional<TrustFloor>> read_trust(const Members& root) {
  const Value* const value = root.object().find("trust");
  if (value == nullptr) return std::optional<TrustFloor>();
  const Members trust(*value, root, "trust");
  GUARDIAN_TRY(trust.check({"version", "anchor"}, Extensions::Refused));
  GUARDIAN_ASSIGN(const std::int64_t version, trust.integer("version"));
  if (version < 0) return trust.error("version", nullptr, "must not be negative");
  GUARDIAN_ASSIGN(const std::string_view anchor_text, trust.text("anchor"));
  const auto anchor = parse_digest(anchor_text);
  if (!anchor) return trust.error("anchor", nullptr, "must be 64 hexadecimal digits");
  return std::optional<TrustFloor>(TrustFloor{static_cast<std::uint64_t>(version), *anchor});
}

}  // namespace

std::string write_state(const CacheState& state) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  if (state.floor) {
    writer.key("floor").begin_object();
    writer.member("version", state.floor->version.text());
    writer.member("payloadSha256", crypto::hex(state.floor->payload_digest));
    writer.end_object();
  }
  if (state.last_sync) writer.member("lastSync", write_instant(*state.last_sync));
  if (state.last_sync_floor) writer.member("lastSyncFloor", write_instant(*state.last_sync_floor));
  if (can_be_kept(state.etag)) writer.member("etag", state.etag);
  if (state.time_floor) writer.member("timeFloor", write_instant(*state.time_floor));
  if (state.trust) {
    writer.key("trust").begin_object().key("version").unsigned_integer(state.trust->version);
    writer.member("anchor", crypto::hex(state.trust->anchor)).end_object();
  }
  if (can_be_kept(state.sidecar_id)) writer.member("sidecarId", state.sidecar_id);
  writer.end_object();
  return text + "\n";
}

Result<CacheState> parse_state(std::string_view text) {
  GUARDIAN_ASSIGN(const json::Document document, json::parse(text));
  const policy::Source nowhere;
  const Members root(document.root(), ErrorCode::Malformed, nowhere);
  GUARDIAN_TRY(root.check({"floor", "lastSync", "lastSyncFloor", "etag", "timeFloor", "trust", "sidecarId"},
                          Extensions::Refused));
  CacheState state;
  GUARDIAN_ASSIGN(state.floor, read_floor(root));
  GUARDIAN_ASSIGN(state.last_sync, root.optional_instant("lastSync"));
  GUARDIAN_ASSIGN(state.last_sync_floor, root.optional_instant("lastSyncFloor"));
  GUARDIAN_ASSIGN(const auto etag, root.optional_text("etag"));
  state.etag = etag.value_or("");
  GUARDIAN_ASSIGN(state.time_floor, root.optional_instant("timeFloor"));
  GUARDIAN_ASSIGN(state.trust, read_trust(root));
  GUARDIAN_ASSIGN(const auto sidecar_id, root.optional_text("sidecarId"));
  state.sidecar_id = sidecar_id.value_or("");
  return state;
}

}  // namespace guardian::bundle
