// The reference gateway (gateway.md): builds, signs and serves the bundle of a directory, and its trust roots, to
// sidecars that know the admin token, and keeps the events that they send. Rebuilds when asked; what does not build,
// lint or fit the trust roots leaves what is published as it is.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/base/log.h"
#include "guardian/base/result.h"
#include "guardian/gateway/authority.h"
#include "guardian/net/server.h"

namespace guardian::gateway {

struct Options {
  std::string directory;                 // --dir
  std::vector<std::string> trust_roots;  // --trust-root: files and directories; empty: one is made from the keys
  std::string admin_token;               // empty: refused, a gateway never serves without one
  std::string audit_directory;           // --audit-dir; empty: no events are taken
  std::size_t max_held = 5'000;          // long polls at once; beyond it they are answered without a wait
  std::chrono::seconds max_wait{300};    // of one long poll
};

// What a rebuild came to.
struct Rebuilt {
  bool published = false;  // false: nothing is new
  std::string version;     // in service now
  std::size_t policies = 0;
  std::size_t policies_before = 0;
  std::size_t agents = 0;
  std::size_t agents_before = 0;
};

// Thread-safe: routes run on the server's threads while rebuild may be called by another.
class Gateway {
 public:
  // Builds the first bundle; PolicyInvalid when the directory does not lint, else the errors of building, signing keys
  // and trust roots, Io for a directory of events that cannot be made or read. `files`, `clock` and `logger` must
  // outlive it, and what `keys` refers to.
  [[nodiscard]] static base::Result<std::unique_ptr<Gateway>> open(Options options, KeySource keys,
                                                                   base::FileSystem& files, const base::Clock& clock,
                                                                   const base::Logger& logger);
  ~Gateway();

  // Reads directory, keys and trust roots again. What is new is published as one, and every request that is held is
  // answered with it at once. On an error all stays as it is.
  [[nodiscard]] base::Result<Rebuilt> rebuild();

  // For net::HttpServer. The gateway must outlive the server.
  [[nodiscard]] std::vector<net::Route> routes();

  // Answers the requests that are held and holds no more: to be called before the server is stopped, which waits for
  // every reply it is owed. Idempotent.
  void stop_holding();

  [[nodiscard]] std::string bundle_version() const;
  // Requests that are held now.
  [[nodiscard]] std::size_t held() const;

 private:
  struct State;
  explicit Gateway(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace guardian::gateway
