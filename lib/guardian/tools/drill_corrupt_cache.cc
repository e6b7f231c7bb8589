#include "guardian/tools/drills.h"
#include "guardian/tools/offering.h"

namespace guardian::tools {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::string_view kCurrent = "current.bundle.json";

// A bundle and how it stands in a file.
struct Kept {
  SampleBundle bundle;
  std::string bytes;
};

class Play {
 public:
  Play(Scene& scene, Offering& gateway) : scene_(scene), gateway_(gateway) {}

  [[nodiscard]] base::Status flipped_bit();
  [[nodiscard]] base::Status cut_short();
  [[nodiscard]] base::Status both_newest();
  [[nodiscard]] base::Status garbage_for_state();

  // Syncs the generations up to that one, so that they are the history.
  [[nodiscard]] base::Status begin(unsigned generations);

 private:
  [[nodiscard]] Kept keep(unsigned generation) const {
    const SampleBundle bundle = scene_.bundle(generation);
    return {bundle, sealed(bundle, scene_.key())};
  }
  [[nodiscard]] base::Status damage(const std::string& file, const std::string& bytes) {
    return scene_.world().files.write_and_sync(file, bytes, base::FileAccess::OwnerOnly);
  }
  // Starts the sidecar on the damaged cache without a gateway: what is enforced then, the damage put aside and said.
  [[nodiscard]] base::Result<Subject> restart_damaged(const std::string& damaged, const SampleBundle& fallback);
  [[nodiscard]] base::Status check_quarantined(const std::string& bytes) const;
  // The gateway is back: older than the newest ever seen is refused, that one or a newer one heals.
  [[nodiscard]] base::Status heal(Subject& sidecar, const SampleBundle& in_force, const Kept& offered);
  [[nodiscard]] base::Result<std::string> history_file(const std::string& bytes) const;

  Scene& scene_;
  Offering& gateway_;
};

base::Status Play::begin(unsigned generations) {
  gateway_.bundle(keep(1).bytes);
  GUARDIAN_ASSIGN(Subject sidecar, scene_.start_sidecar(gateway_.port()));
  for (unsigned generation = 1; generation <= generations; ++generation) {
    const Kept next = keep(generation);
    gateway_.bundle(next.bytes);
    GUARDIAN_TRY(scene_.check_applies(sidecar, next.bundle));
  }
  GUARDIAN_TRY(scene_.await_healthy(sidecar));
  return scene_.stop(sidecar);
}

base::Status Play::check_quarantined(const std::string& bytes) const {
  base::FileSystem& files = scene_.world().files;
  const auto entries = files.list(scene_.cache("quarantine"));
  if (!entries) return unexpected("there is no `quarantine/` in the cache");
  for (const base::DirectoryEntry& entry : *entries) {
    const auto found = files.read_file(scene_.cache("quarantine/" + entry.name), kMaxBytes);
    if (found.ok() && *found == bytes) return {};
  }
  return unexpected("the damaged file is not in `quarantine/`");
}

base::Result<std::string> Play::history_file(const std::string& bytes) const {
  base::FileSystem& files = scene_.world().files;
  GUARDIAN_ASSIGN(const auto entries, files.list(scene_.cache("previous")));
  for (const base::DirectoryEntry& entry : entries) {
    std::string path = scene_.cache("previous/" + entry.name);
    const auto found = files.read_file(path, kMaxBytes);
    if (found.ok() && *found == bytes) return path;
  }
  return unexpected("an earlier bundle is not in `previous/` as it was received");
}

base::Result<Subject> Play::restart_damaged(const std::string& damaged, const SampleBundle& fallback) {
  gateway_.away();
  GUARDIAN_ASSIGN(Subject sidecar, scene_.start_sidecar(gateway_.port()));
  GUARDIAN_TRY(scene_.check_enforces(sidecar, fallback));
  GUARDIAN_TRY(check_quarantined(damaged));
  GUARDIAN_TRY(
      scene_.await_health(sidecar, "health to be degraded by what is in quarantine", [](const HealthSeen& health) {
        return health.http_status == 200 && health.status == "degraded" && health.names("quarantine");
      }));
  return sidecar;
}

base::Status Play::heal(Subject& sidecar, const SampleBundle& in_force, const Kept& offered) {
  gateway_.bundle(offered.bytes);
  GUARDIAN_TRY(scene_.check_applies(sidecar, offered.bundle));
  const auto current = scene_.world().files.read_file(scene_.cache(kCurrent), kMaxBytes);
  GUARDIAN_TRY(expect(current.ok() && *current == offered.bytes, "the cache does not hold the bundle as received"));
  GUARDIAN_TRY(scene_.await_healthy(sidecar));
  GUARDIAN_TRY(expect(offered.bundle.version > in_force.version, "nothing newer was offered"));
  return scene_.stop(sidecar);
}

base::Status Play::flipped_bit() {
  std::string bytes = keep(3).bytes;
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  GUARDIAN_TRY(damage(scene_.cache(kCurrent), bytes));
  GUARDIAN_ASSIGN(Subject sidecar, restart_damaged(bytes, scene_.bundle(2)));
  scene_.saw("a bit flipped in the current bundle: in quarantine, said in health, the bundle before it enforced");

  SampleBundle between = scene_.bundle(2);
  between.version += std::chrono::seconds(1);
  gateway_.bundle(sealed(between, scene_.key()));
  GUARDIAN_TRY(scene_.check_refuses(sidecar, "rollback", scene_.bundle(2)));
  scene_.saw("the network offers one newer than that and older than the lost one: refused (rollback)");
  GUARDIAN_TRY(heal(sidecar, scene_.bundle(2), keep(3)));
  scene_.saw("it offers the lost one: taken back, healthy");
  return {};
}

base::Status Play::cut_short() {
  const std::string bytes = keep(3).bytes.substr(0, keep(3).bytes.size() / 2);
  GUARDIAN_TRY(damage(scene_.cache(kCurrent), bytes));
  GUARDIAN_ASSIGN(Subject sidecar, restart_damaged(bytes, scene_.bundle(2)));
  GUARDIAN_TRY(heal(sidecar, scene_.bundle(2), keep(4)));
  scene_.saw("the current bundle cut short: in quarantine, the one before it enforced until a newer one came");
  return {};
}

base::Status Play::both_newest() {
  // The third was lost above: before the fourth stands the second.
  GUARDIAN_ASSIGN(const std::string before, history_file(keep(2).bytes));
  const std::string current = keep(4).bytes.substr(1);
  GUARDIAN_TRY(damage(before, "{}"));
  GUARDIAN_TRY(damage(scene_.cache(kCurrent), current));
  GUARDIAN_ASSIGN(Subject sidecar, restart_damaged(current, scene_.bundle(1)));
  GUARDIAN_TRY(heal(sidecar, scene_.bundle(1), keep(5)));
  scene_.saw("the current one and the one before it damaged: the newest that verifies enforced");
  return {};
}

base::Status Play::garbage_for_state() {
  GUARDIAN_TRY(damage(scene_.cache("state.json"), "\x01 not a state"));
  gateway_.away();
  GUARDIAN_ASSIGN(Subject sidecar, scene_.start_sidecar(gateway_.port()));
  GUARDIAN_TRY(scene_.check_enforces(sidecar, scene_.bundle(5)));
  GUARDIAN_TRY(scene_.await_health(sidecar, "health to be degraded by the state", [](const HealthSeen& health) {
    return health.http_status == 200 && health.status == "degraded" && health.names("state");
  }));
  gateway_.bundle(keep(4).bytes);
  GUARDIAN_TRY(scene_.check_refuses(sidecar, "rollback", scene_.bundle(5)));
  GUARDIAN_TRY(heal(sidecar, scene_.bundle(5), keep(6)));
  scene_.saw("state.json overwritten with garbage: said, the bundle enforced, older ones still refused, healed");
  return {};
}

}  // namespace

base::Status play_corrupt_cache(Scene& scene) {
  GUARDIAN_ASSIGN(const auto gateway, Offering::open());
  gateway->trust_root(1, scene.root());
  Play play(scene, *gateway);
  GUARDIAN_TRY(play.begin(3));
  GUARDIAN_TRY(play.flipped_bit());
  GUARDIAN_TRY(play.cut_short());
  GUARDIAN_TRY(play.both_newest());
  return play.garbage_for_state();
}

}  // namespace guardian::tools
