// A sidecar's syncing half for tests: a real directory that can be made to break, a clock and a gateway that do as
// told.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

#include "guardian/sync/syncer.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/scripted_gateway.h"
#include "tests/support/temp_dir.h"

namespace guardian::test {

inline constexpr std::string_view kFirst = "2026-04-18T10:30:00Z";
inline constexpr std::string_view kSecond = "2026-04-18T11:30:00Z";

inline std::string bundle_of(const crypto::PrivateKey& key, std::string_view date) {
  return BundleBuilder().date(date).bytes({&key});
}

// A sidecar's syncing half over a directory of its own. Restarting makes it anew over the same directory.
class Rig {
 public:
  Rig() { restart(); }

  void restart() {
    active_ = std::make_unique<decision::ActiveSnapshot>();
    cache_ = std::make_unique<bundle::Cache>(files, dir_.path());
    REQUIRE(cache_->prepare().ok());
    sync::Options options;
    options.gateway_url = "http://127.0.0.1:1";
    options.admin_token = "admin-token";
    if (configured_trust) options.trust_root = trust_text.empty() ? key.public_key().pem() : trust_text;
    auto created = sync::Syncer::create(options, *cache_, gateway, clock, *active_);
    REQUIRE(created.ok());
    syncer = std::move(created).value();
    loaded = syncer->load_cached().ok();
  }

  [[nodiscard]] std::string active_version() const {
    const auto snapshot = active_->get();
    return snapshot == nullptr ? "none" : snapshot->bundle().payload().version.text();
  }
  [[nodiscard]] const TempDir& dir() const { return dir_; }
  [[nodiscard]] decision::ActiveSnapshot& active() const { return *active_; }

  // The gateway gives this bundle, and it is taken.
  void apply(std::string bytes, std::string etag = {}) {
    gateway.answers(200, std::move(bytes), std::move(etag));
    REQUIRE(syncer->sync_once().outcome == sync::Outcome::Applied);
  }
  // The payload of the current bundle's file no longer is what was signed.
  void flip_cached() {
    std::string bytes = dir_.read("current.bundle.json");
    const std::size_t place = bytes.find("\"payload\":\"") + 40;
    bytes[place] = bytes[place] == 'A' ? 'B' : 'A';
    dir_.write("current.bundle.json", bytes);
  }

  crypto::PrivateKey key = make_key();
  ScriptedGateway gateway;
  FakeClock clock;
  FaultyFileSystem files;
  bool configured_trust = true;
  std::string trust_text;  // of TRUST_ROOT where it is not the key alone
  bool loaded = false;
  std::unique_ptr<sync::Syncer> syncer;

 private:
  TempDir dir_;
  std::unique_ptr<decision::ActiveSnapshot> active_;
  std::unique_ptr<bundle::Cache> cache_;
};

}  // namespace guardian::test
