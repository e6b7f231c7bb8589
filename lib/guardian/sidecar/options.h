// What `guardian serve` needs to know beside its sync (cli.md). Filled by the config room.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "guardian/audit/redaction.h"
#include "guardian/audit/store_options.h"
#include "guardian/base/log.h"
#include "guardian/bundle/cache.h"
#include "guardian/decision/decision.h"
#include "guardian/net/server.h"
#include "guardian/sync/options.h"

namespace guardian::sidecar {

struct Options {
  decision::Mode mode = decision::Mode::Enforce;         // MODE
  std::string cache_directory = "/cache";                // CACHE_DIR
  bool offline = false;                                  // serve --offline: no gateway, the cache or --bundle alone
  std::string bundle_file;                               // serve --bundle FILE, with --offline
  bool enforce_expiry = false;                           // ENFORCE_EXPIRY
  std::optional<std::chrono::seconds> max_bundle_age;    // MAX_BUNDLE_AGE
  std::size_t bundle_history = bundle::kDefaultHistory;  // BUNDLE_HISTORY
  std::string bootstrap_bundle;                          // BOOTSTRAP_BUNDLE: a file; empty: none
  std::chrono::seconds wait_for_bundle{0};               // WAIT_FOR_BUNDLE
  std::string rate_limit_store;                // RATE_LIMIT_STORE: a redis:// address; empty: counts of its own
  std::optional<std::uint64_t> max_eval_cost;  // MAX_EVAL_COST: steps of one decision; above it serve warns
  net::ServerOptions server;                   // HOST, PORT, MAX_CONNECTIONS
  audit::StoreOptions audit;                   // AUDIT_*; directory and sidecar are filled in when it starts
  audit::RedactionOptions redaction;           // AUDIT_CONTEXT, AUDIT_REDACT
  sync::Options sync;
};

}  // namespace guardian::sidecar
