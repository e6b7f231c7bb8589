#include "guardian/tools/scene.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "guardian/bundle/trust_root.h"
#include "guardian/tools/drill.h"

using namespace guardian::tools;

namespace {

// A machine on which `guardian` is that program.
struct Stage {
  explicit Stage(std::string program) : world{files, clock, interrupt, std::move(program), 1} {}

  guardian::base::SystemFileSystem files;
  guardian::base::SystemClock clock;
  Interrupt interrupt{clock};
  World world;
};

}  // namespace

TEST_CASE("scene: its directory holds a key and a root of that key, and goes with it") {
  const Stage stage("/bin/false");
  std::string key_file;
  {
    const auto scene = Scene::make(stage.world);
    REQUIRE(scene.ok());
    key_file = (*scene)->path("key.pem");
    CHECK(std::filesystem::exists(key_file));
    const auto root = guardian::bundle::TrustRoot::parse_root_envelope((*scene)->root());
    REQUIRE(root.ok());
    REQUIRE(root->keys().size() == 1);
    CHECK(root->keys()[0].thumbprint() == (*scene)->key().public_key().thumbprint());
  }
  CHECK_FALSE(std::filesystem::exists(key_file));
}

TEST_CASE("scene: versions grow with the generation") {
  const Stage stage("/bin/false");
  const auto scene = Scene::make(stage.world);
  REQUIRE(scene.ok());
  CHECK((*scene)->bundle(1).version < (*scene)->bundle(2).version);
  CHECK((*scene)->bundle(1000).version < stage.clock.now() + std::chrono::hours(3));
}

TEST_CASE("scene: a sidecar that ends at once is an error, not a wait") {
  const Stage stage("/bin/false");
  const auto scene = Scene::make(stage.world);
  REQUIRE(scene.ok());
  const auto sidecar = (*scene)->start_sidecar(1);
  REQUIRE_FALSE(sidecar.ok());
  CHECK(sidecar.error().message() == "the sidecar ended at once with 1");
}

TEST_CASE("drill: every one fails on a program that is no guardian, and says so") {
  const Stage stage("/bin/false");
  CHECK(drills().size() == 7);
  for (const Drill& drill : drills()) {
    CAPTURE(drill.name);
    const DrillResult result = run_drill(drill, stage.world);
    REQUIRE(result.failure.has_value());
    CHECK(result.failure->find("ended at once with 1") != std::string::npos);
    CHECK(result.seen.empty());
  }
}
