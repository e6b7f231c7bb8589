// The reference gateway (gateway.md): builds, signs and serves the bundle of a directory, and its trust roots, to
// sidecars that know the admin token. Rebuilds when asked; a directory that does not build leaves the last good bundle
// in service.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/base/log.h"
#include "guardian/base/result.h"
#include "guardian/bundle/build.h"
#include "guardian/crypto/key.h"
#include "guardian/net/server.h"

namespace guardian::gateway {

struct Options {
  std::string directory;  // --dir
  std::vector<std::string>
      trust_roots;          // texts of trust-root envelopes, versions 1..n; empty: one is made from the keys
  std::string admin_token;  // empty: refused, a gateway never serves without one
  net::ServerOptions server;
};

// Thread-safe: routes run on the server's threads while rebuild may be called by another.
class Gateway {
 public:
  // Builds the first bundle; errors of building, signing keys and trust roots. `files`, `clock` and `logger` must
  // outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<Gateway>> open(Options options,
                                                                   std::vector<crypto::PrivateKey> keys,
                                                                   base::FileSystem& files, const base::Clock& clock,
                                                                   const base::Logger& logger);
  ~Gateway();

  // Reads the directory again; publishes a newer bundle when its content changed (true), keeps the old one when it did
  // not (false) or when it does not build (the error).
  [[nodiscard]] base::Result<bool> rebuild();

  // bundle and trust-root endpoints with ETag, for net::HttpServer. The gateway must outlive the server.
  [[nodiscard]] std::vector<net::Route> routes();

  [[nodiscard]] std::string bundle_version() const;

 private:
  struct State;
  explicit Gateway(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace guardian::gateway
