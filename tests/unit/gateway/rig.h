// A gateway over a directory of a test's own, and requests to its routes without a server.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "guardian/gateway/gateway.h"
#include "support/bundle_builder.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace guardian::test {

inline constexpr const char* kReadPolicy =
    "name: p\nversion: '1'\nappliesTo: {agentIds: [\"*\"]}\nrules:\n  - {effect: allow, actions: [\"read:*\"]}\n";
inline constexpr const char* kDenyPolicy =
    "name: q\nversion: '1'\nappliesTo: {agentIds: [\"*\"]}\nrules:\n  - {effect: deny, actions: [\"*\"]}\n";
inline constexpr const char* kBundlePath = "/api/v1/guardian/bundle";
inline constexpr const char* kRootPath = "/api/v1/guardian/trust-root";

// The answer to one request, whenever it comes.
struct Answers {
  std::vector<net::Response> all;
};

class GatewayRig {
 public:
  // `keys` sign until set_keys says others.
  GatewayRig();

  [[nodiscard]] base::Result<std::unique_ptr<gateway::Gateway>> try_open(std::vector<std::string> trust_roots = {},
                                                                         gateway::Options options = {});
  // Fails the test when it does not open.
  void open(std::vector<std::string> trust_roots = {}, gateway::Options options = {});
  void set_keys(Signers signers);

  [[nodiscard]] net::Request request(const std::string& path) const;
  // What a route answers at once; fails the test when it does not.
  [[nodiscard]] net::Response send(const net::Request& request) const;
  [[nodiscard]] net::Response get(const std::string& path) const { return send(request(path)); }
  // What a route answers, now or later. `request` must stay until then.
  [[nodiscard]] std::shared_ptr<Answers> begin(const net::Request& request) const;

  TempDir dir;  // `repo` in it is what is published
  base::SystemFileSystem files;
  FakeClock clock;
  base::SystemClock real_clock;
  const base::Clock* time = &clock;  // what the gateway goes by
  base::Logger logger;
  crypto::PrivateKey key = make_key();
  std::unique_ptr<gateway::Gateway> gateway;

 private:
  std::vector<std::string> key_texts_;
};

}  // namespace guardian::test
