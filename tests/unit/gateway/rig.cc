#include "unit/gateway/rig.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "guardian/net/router.h"

namespace guardian::test {

GatewayRig::GatewayRig() : logger(base::LogLevel::Error, base::LogFormat::Text, STDERR_FILENO, clock) {
  dir.write("repo/policies/p.yaml", kReadPolicy);
  set_keys({&key});
}

void GatewayRig::set_keys(Signers signers) {
  key_texts_.clear();
  for (const crypto::PrivateKey* signer : signers) key_texts_.push_back(signer->pem());
}

base::Result<std::unique_ptr<gateway::Gateway>> GatewayRig::try_open(std::vector<std::string> trust_roots,
                                                                     gateway::Options options) {
  options.directory = dir.file("repo");
  options.trust_roots = std::move(trust_roots);
  options.admin_token = "admin";
  const gateway::KeySource keys = [this]() -> base::Result<std::vector<crypto::PrivateKey>> {
    std::vector<crypto::PrivateKey> read;
    for (const std::string& text : key_texts_) {
      GUARDIAN_ASSIGN(crypto::PrivateKey one, crypto::PrivateKey::from_pem(text));
      read.push_back(std::move(one));
    }
    return read;
  };
  return gateway::Gateway::open(std::move(options), keys, files, *time, logger);
}

void GatewayRig::open(std::vector<std::string> trust_roots, gateway::Options options) {
  auto opened = try_open(std::move(trust_roots), std::move(options));
  if (!opened) FAIL(opened.error().message());
  gateway = std::move(opened).value();
}

net::Request GatewayRig::request(const std::string& path) const {
  net::Request made;
  made.method = "GET";
  made.path = path;
  made.headers.add("Authorization", "Bearer admin");
  return made;
}

std::shared_ptr<Answers> GatewayRig::begin(const net::Request& request) const {
  auto answers = std::make_shared<Answers>();
  net::Router(gateway->routes()).serve(request, net::Reply([answers](net::Response response) {
                                         answers->all.push_back(std::move(response));
                                       }));
  return answers;
}

net::Response GatewayRig::send(const net::Request& request) const {
  const auto answers = begin(request);
  REQUIRE(answers->all.size() == 1);
  return answers->all.front();
}

}  // namespace guardian::test
