// What sync needs to know (gateway.md, cli.md). Filled by the config room.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "guardian/bundle/payload.h"
#include "guardian/net/client.h"

namespace guardian::sync {

inline constexpr std::chrono::seconds kMinSyncInterval{1};
inline constexpr std::chrono::seconds kMaxSyncInterval{86'400};
inline constexpr std::chrono::seconds kMaxLongPoll{3'600};

struct Options {
  std::string gateway_url;  // GATEWAY_URL, without a trailing slash
  std::string bundle_url;   // BUNDLE_URL; empty: the gateway's bundle path
  std::string admin_token;  // ADMIN_TOKEN; a secret
  std::string
      bundle_token;        // BUNDLE_TOKEN; a secret; sent to a BUNDLE_URL of another origin instead of the admin token
  std::string trust_root;  // the text of TRUST_ROOT's file; empty: the pinned root, else trust on first use
  std::string sidecar_id;  // SIDECAR_ID; empty: generated once and kept in the cache
  std::chrono::seconds interval{60};                              // BUNDLE_SYNC_INTERVAL
  std::chrono::seconds long_poll{0};                              // BUNDLE_LONG_POLL; 0: off
  std::size_t max_bundle_bytes = bundle::kDefaultMaxBundleBytes;  // MAX_BUNDLE_BYTES
  bool allow_insecure_gateway = false;                            // ALLOW_INSECURE_GATEWAY
  net::ClientOptions client;                                      // GATEWAY_CA, GATEWAY_CERT, GATEWAY_KEY
};

}  // namespace guardian::sync
