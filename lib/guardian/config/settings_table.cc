#include <algorithm>

#include "guardian/base/text.h"
#include "guardian/config/settings.h"

namespace guardian::config {

namespace {

constexpr std::string_view kNone;
constexpr bool kSecret = true;
constexpr auto kNotYet = SettingInfo::Support::DefaultOnly;
constexpr auto kIgnored = SettingInfo::Support::Ignored;

}  // namespace

const std::vector<SettingInfo>& all_settings() {
  static const std::vector<SettingInfo> settings = {
      {"GATEWAY_URL", kNone, "address of the gateway"},
      {"ADMIN_TOKEN", kNone, "token that the gateway knows the sidecar by", kSecret},
      {"MODE", "enforce", "enforce, or audit: denials are logged and let pass"},
      {"BUNDLE_SYNC_INTERVAL", "60", "seconds between syncs, 1 to 86400"},
      {"PORT", "4000", "port to listen on; 0: the system chooses"},
      {"HOST", "127.0.0.1", "address to listen on"},
      {"SOCKET", kNone, "unix socket to listen on as well", !kSecret, kNotYet},
      {"CACHE_DIR", "/cache", "directory of the cached bundle"},
      {"LOG_LEVEL", "info", "debug, info, warn or error"},
      {"LOG_FORMAT", kNone, "text or json; default: text on a terminal, else json"},
      {"TRUST_ROOT", kNone, "file with the trust root, or the public keys, that bundles must be signed by"},
      {"BUNDLE_URL", kNone, "address of the bundle, when it is not the gateway's own"},
      {"BUNDLE_TOKEN", kNone, "bearer token for a BUNDLE_URL of another origin", kSecret},
      {"BUNDLE_HISTORY", "10", "verified bundles that the cache keeps beside the current one"},
      {"BUNDLE_LONG_POLL", "0", "seconds that the gateway may hold a request until there is news; 0: off"},
      {"BOOTSTRAP_BUNDLE", kNone, "bundle file that is used while the cache holds none"},
      {"WAIT_FOR_BUNDLE", "0", "seconds to wait for a first bundle before listening"},
      {"MAX_BUNDLE_AGE", kNone, "deny when the gateway has not confirmed the bundle for longer, such as 24h"},
      {"ENFORCE_EXPIRY", "false", "true: deny everything once the bundle has expired"},
      {"MAX_BUNDLE_BYTES", "67108864", "largest bundle accepted, in bytes"},
      {"SIDECAR_ID", kNone, "name of this sidecar; default: host name and 8 random digits, kept in the cache"},
      {"AUTH", "optional", "optional or required", !kSecret, kNotYet},
      {"JWT_SECRET", kNone, "shared secret of agent tokens", kSecret, kNotYet},
      {"API_KEY", kNone, "key of the evaluate API", kSecret, kNotYet},
      {"PROXY_TARGET", kNone, "where allowed proxy requests go", !kSecret, kNotYet},
      {"TLS_CERT", kNone, "certificate of the listener", !kSecret, kNotYet},
      {"TLS_KEY", kNone, "key of the listener's certificate", !kSecret, kNotYet},
      {"TLS_CLIENT_CA", kNone, "CA that client certificates must come from", !kSecret, kNotYet},
      {"AUDIT_CONTEXT", "full", "what audit events keep of a context: full, redacted or none"},
      {"AUDIT_REDACT", kNone, "paths whose values are redacted too, with commas, such as context.**.ssn"},
      {"AUDIT_DURABILITY", "process", "where an event is before its answer: process, disk or async"},
      {"AUDIT_RETENTION", "7d", "how long audit events are kept"},
      {"AUDIT_MAX_BYTES", "1073741824", "most bytes of the audit store"},
      {"AUDIT_FULL", "drop-oldest", "when the audit store is full: drop-oldest or deny"},
      {"RATE_LIMIT_STORE", "local", "where rate limits are counted: local, or redis://host:port/db for a fleet",
       kSecret},
      {"MAX_CONNECTIONS", "10000", "connections at once; beyond it 503"},
      {"WORKERS", "1", "event loops", !kSecret, kNotYet},
      {"ACTION_HEADER", kNone, "trust, derive or both", !kSecret, kNotYet},
      {"AUDIT_FORWARD", "on", "whether audit events go to the gateway: on or off"},
      {"MAX_EVAL_COST", kNone, "most steps of one decision: a bundle above it is refused when made and checked"},
      {"GATEWAY_CA", kNone, "file with a CA to trust for the gateway beside the system's"},
      {"GATEWAY_CERT", kNone, "file with the client certificate for the gateway"},
      {"GATEWAY_KEY", kNone, "file with the key of GATEWAY_CERT"},
      {"ALLOW_INSECURE_GATEWAY", "false", "true: plain http to a host that is not loopback"},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", kNone, "where spans go", !kSecret, kIgnored},
      {"OTEL_SERVICE_NAME", kNone, "name of the service in spans", !kSecret, kIgnored},
      {"OTEL_ENABLED", kNone, "whether spans are written", !kSecret, kIgnored},
  };
  return settings;
}

const SettingInfo* find_setting(std::string_view name) {
  const auto& settings = all_settings();
  const auto found = std::ranges::find(settings, name, &SettingInfo::name);
  return found == settings.end() ? nullptr : &*found;
}

std::string kebab_name(std::string_view setting) {
  std::string name = base::to_lower(setting);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string flag_name(std::string_view setting) { return "--" + kebab_name(setting); }

}  // namespace guardian::config
