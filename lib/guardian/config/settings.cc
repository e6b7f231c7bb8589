#include "guardian/config/settings.h"

#include <unistd.h>

#include "guardian/base/text.h"
#include "guardian/config/parse_values.h"
#include "guardian/config/raw_settings.h"

namespace guardian::config {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::size_t kMaxKeyFileBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxTokenBytes = 4'096;
constexpr std::size_t kMaxSidecarIdBytes = 128;
constexpr std::uint64_t kMaxConnectionLimit = 1'000'000;
constexpr std::uint64_t kMaxStoreBytes = std::uint64_t{1} << 50;
constexpr std::uint64_t kMaxHistory = 1'000;
constexpr std::uint64_t kMaxWaitSeconds = 86'400;
constexpr std::uint64_t kMaxEvalCost = std::uint64_t{1} << 53;
constexpr std::uint64_t kMaxBundleLimit = (std::uint64_t{4} << 30) - 1;  // what the JSON reader can place

// The content of a file that a setting names; empty where the setting was not given.
Result<std::string> content_of(std::string_view name, const Values& values, base::FileSystem& files) {
  if (!values.given(name)) return std::string();
  GUARDIAN_ASSIGN(const std::string path, values.text(name));
  auto content = files.read_file(path, kMaxKeyFileBytes);
  if (!content) return std::move(content).error().within(values.where(name));
  if (base::trim(*content).empty()) return values.refuse(name, "`" + base::printable(path) + "` is empty");
  return content;
}

Status read_gateway_tls(const Values& values, base::FileSystem& files, net::ClientOptions& client) {
  if (values.given("GATEWAY_CERT") != values.given("GATEWAY_KEY")) {
    return Error(ErrorCode::InvalidInput, "GATEWAY_CERT and GATEWAY_KEY belong together: one of them is missing");
  }
  // Read now, so that a missing file is said at the start and not at the first sync.
  for (const auto* name : {"GATEWAY_CA", "GATEWAY_CERT", "GATEWAY_KEY"}) {
    GUARDIAN_TRY(content_of(name, values, files));
  }
  GUARDIAN_ASSIGN(client.ca_file, values.text("GATEWAY_CA"));
  GUARDIAN_ASSIGN(client.certificate_file, values.text("GATEWAY_CERT"));
  GUARDIAN_ASSIGN(client.key_file, values.text("GATEWAY_KEY"));
  return {};
}

Status read_sync(const Values& values, base::FileSystem& files, sync::Options& sync) {
  GUARDIAN_ASSIGN(sync.gateway_url, values.url("GATEWAY_URL"));
  if (sync.gateway_url.find('?') != std::string::npos) {
    return values.refuse("GATEWAY_URL", "a query means nothing here");
  }
  GUARDIAN_ASSIGN(sync.bundle_url, values.url("BUNDLE_URL"));
  GUARDIAN_ASSIGN(sync.admin_token, values.header_text("ADMIN_TOKEN", kMaxTokenBytes));
  GUARDIAN_ASSIGN(sync.bundle_token, values.header_text("BUNDLE_TOKEN", kMaxTokenBytes));
  GUARDIAN_ASSIGN(sync.trust_root, content_of("TRUST_ROOT", values, files));
  GUARDIAN_ASSIGN(sync.sidecar_id, values.header_text("SIDECAR_ID", kMaxSidecarIdBytes));
  GUARDIAN_ASSIGN(const std::uint64_t interval, values.number("BUNDLE_SYNC_INTERVAL", 1, 86'400));
  sync.interval = std::chrono::seconds(interval);
  GUARDIAN_ASSIGN(const std::uint64_t long_poll,
                  values.number("BUNDLE_LONG_POLL", 0, static_cast<std::uint64_t>(sync::kMaxLongPoll.count())));
  sync.long_poll = std::chrono::seconds(long_poll);
  GUARDIAN_ASSIGN(sync.max_bundle_bytes, values.number("MAX_BUNDLE_BYTES", 1, kMaxBundleLimit));
  GUARDIAN_ASSIGN(sync.allow_insecure_gateway, values.boolean("ALLOW_INSECURE_GATEWAY"));
  return read_gateway_tls(values, files, sync.client);
}

// Either would deny everything now and then while all is well.
Status check_age(const Values& values, const sidecar::Options& options) {
  if (!options.max_bundle_age) return {};
  // The interval has 10 % jitter.
  if (*options.max_bundle_age * 10 <= options.sync.interval * 11) {
    return values.refuse("MAX_BUNDLE_AGE",
                         "must be longer than BUNDLE_SYNC_INTERVAL, after which the gateway is asked");
  }
  if (*options.max_bundle_age <= options.sync.long_poll) {
    return values.refuse("MAX_BUNDLE_AGE", "must be longer than BUNDLE_LONG_POLL, after which the gateway answers");
  }
  return {};
}

Status read_bundle_use(const Values& values, sidecar::Options& options) {
  GUARDIAN_ASSIGN(options.enforce_expiry, values.boolean("ENFORCE_EXPIRY"));
  GUARDIAN_ASSIGN(options.bundle_history, values.number("BUNDLE_HISTORY", 0, kMaxHistory));
  GUARDIAN_ASSIGN(options.bootstrap_bundle, values.text("BOOTSTRAP_BUNDLE"));
  GUARDIAN_ASSIGN(const std::uint64_t wait, values.number("WAIT_FOR_BUNDLE", 0, kMaxWaitSeconds));
  options.wait_for_bundle = std::chrono::seconds(wait);
  if (values.given("MAX_BUNDLE_AGE")) {
    GUARDIAN_ASSIGN(options.max_bundle_age, values.duration("MAX_BUNDLE_AGE"));
  }
  return check_age(values, options);
}

Status read_audit(const Values& values, sidecar::Options& options) {
  GUARDIAN_ASSIGN(options.audit.durability,
                  values.one_of<audit::Durability>("AUDIT_DURABILITY", {{"process", audit::Durability::Process},
                                                                        {"disk", audit::Durability::Disk},
                                                                        {"async", audit::Durability::Async}}));
  GUARDIAN_ASSIGN(options.audit.when_full,
                  values.one_of<audit::WhenFull>(
                      "AUDIT_FULL", {{"drop-oldest", audit::WhenFull::DropOldest}, {"deny", audit::WhenFull::Deny}}));
  GUARDIAN_ASSIGN(options.audit.forwards, values.one_of<bool>("AUDIT_FORWARD", {{"on", true}, {"off", false}}));
  GUARDIAN_ASSIGN(options.audit.max_bytes, values.number("AUDIT_MAX_BYTES", audit::kMinStoreBytes, kMaxStoreBytes));
  if (values.given("AUDIT_RETENTION")) {
    GUARDIAN_ASSIGN(options.audit.retention, values.duration("AUDIT_RETENTION"));
  }
  GUARDIAN_ASSIGN(options.redaction.context,
                  values.one_of<audit::ContextDetail>("AUDIT_CONTEXT", {{"full", audit::ContextDetail::Full},
                                                                        {"redacted", audit::ContextDetail::Redacted},
                                                                        {"none", audit::ContextDetail::None}}));
  if (!values.given("AUDIT_REDACT")) return {};
  GUARDIAN_ASSIGN(const std::string paths, values.text("AUDIT_REDACT"));
  auto parsed = audit::RedactionPaths::parse(paths);
  if (!parsed) return values.refuse("AUDIT_REDACT", parsed.error().message());
  options.redaction.paths = std::move(parsed).value();
  return {};
}

Status read_sidecar(const Values& values, base::FileSystem& files, sidecar::Options& options) {
  GUARDIAN_ASSIGN(options.mode, values.mode());
  GUARDIAN_ASSIGN(options.cache_directory, values.text("CACHE_DIR"));
  if (values.given("MAX_EVAL_COST")) {
    GUARDIAN_ASSIGN(options.max_eval_cost, values.number("MAX_EVAL_COST", 1, kMaxEvalCost));
  }
  GUARDIAN_ASSIGN(options.rate_limit_store, values.text("RATE_LIMIT_STORE"));
  if (options.rate_limit_store == "local") options.rate_limit_store.clear();
  if (!options.rate_limit_store.empty() && !options.rate_limit_store.starts_with("redis://")) {
    return values.refuse("RATE_LIMIT_STORE", "must be local or redis://host:port/db");
  }
  GUARDIAN_ASSIGN(options.server.host, values.text("HOST"));
  GUARDIAN_ASSIGN(const std::uint64_t port, values.number("PORT", 0, 65'535));
  options.server.port = static_cast<std::uint16_t>(port);
  GUARDIAN_ASSIGN(options.server.max_connections, values.number("MAX_CONNECTIONS", 1, kMaxConnectionLimit));
  GUARDIAN_TRY(read_audit(values, options));
  GUARDIAN_TRY(read_sync(values, files, options.sync));
  return read_bundle_use(values, options);
}

Status check_needs(const Values& values, Needs needs) {
  if (needs == Needs::Nothing) return {};
  for (const auto* name : {"GATEWAY_URL", "ADMIN_TOKEN"}) {
    if (!values.given(name)) {
      return Error(ErrorCode::InvalidInput, std::string(name) + " is not set: give it in the environment, with " +
                                                flag_name(name) + " or in the config file");
    }
  }
  return {};
}

}  // namespace

Sources sources_from_process() {
  Sources sources;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) sources.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  sources.output_is_terminal = ::isatty(STDERR_FILENO) == 1;
  return sources;
}

Result<Settings> load_settings(const Sources& sources, base::FileSystem& files, Needs needs) {
  GUARDIAN_ASSIGN(const RawSettings raw, collect_settings(sources, files));
  const Values values(raw);
  Settings settings;
  GUARDIAN_TRY(check_needs(values, needs));
  GUARDIAN_TRY(read_sidecar(values, files, settings.sidecar));
  GUARDIAN_ASSIGN(settings.log_level, values.log_level());
  const auto fallback = sources.output_is_terminal ? base::LogFormat::Text : base::LogFormat::Json;
  GUARDIAN_ASSIGN(settings.log_format, values.log_format(fallback));
  return settings;
}

}  // namespace guardian::config
