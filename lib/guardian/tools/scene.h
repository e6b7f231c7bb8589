// What a drill plays on: a directory of its own with keys and a cache, the real gateway and the real sidecar over it.
// Nothing of the operator's reaches it: not the environment, not the configuration file, not the cache; and nothing is
// left of it, neither a process nor a file.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/crypto/key.h"
#include "guardian/tools/interrupt.h"
#include "guardian/tools/sample_bundle.h"
#include "guardian/tools/scratch_directory.h"
#include "guardian/tools/subject.h"

namespace guardian::tools {

// What all drills of a run share. All must outlive them.
struct World {
  base::FileSystem& files;
  const base::Clock& clock;
  Interrupt& interrupt;
  std::string program = "/proc/self/exe";  // the guardian that is drilled
  std::uint64_t seed = 0;                  // of what is left to chance
};

struct RunningGateway {
  Child process;
  std::uint16_t port = 0;
};

struct GatewayOptions {
  std::vector<std::string> key_files;   // empty: the scene's own key
  std::vector<std::string> root_files;  // oldest first; empty: the scene's own root
  std::uint16_t port = 0;               // 0: any; else that one, as soon as it is free
};

// One thread. Whatever takes longer than 30 seconds is an error.
class Scene {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Scene>> make(const World& world);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  [[nodiscard]] const World& world() const noexcept { return world_; }
  [[nodiscard]] const crypto::PrivateKey& key() const noexcept { return keys_.front(); }
  [[nodiscard]] std::string path(std::string_view name) const { return directory_.path() + "/" + std::string(name); }
  [[nodiscard]] std::string cache(std::string_view name) const { return path("cache/" + std::string(name)); }

  // Makes a key and writes it to `<name>.pem`. The reference is good as long as the scene.
  [[nodiscard]] base::Result<const crypto::PrivateKey*> add_key(const std::string& name);
  // Makes a trust root (threshold 1, a year) of the keys, signed by `signers`; writes `<name>.json`, returns its text.
  using Keys = std::vector<const crypto::PrivateKey*>;
  [[nodiscard]] base::Result<std::string> add_root(const std::string& name, unsigned version, const Keys& keys,
                                                   const Keys& signers);

  // The text of the scene's own root, version 1.
  [[nodiscard]] const std::string& root() const noexcept { return root_; }

  // A bundle of that generation: versions are ten seconds apart, the first an hour ago.
  [[nodiscard]] SampleBundle bundle(unsigned generation) const;

  // `guardian gateway` over the directory that publish() writes.
  [[nodiscard]] base::Result<RunningGateway> start_gateway(const GatewayOptions& options);
  // Writes the bundle's directory; a gateway that is given looks at it at once.
  [[nodiscard]] base::Status publish(const SampleBundle& bundle, RunningGateway* gateway);

  // `guardian serve` on the scene's cache and root, syncing every second; without a port: offline. Returns when it
  // listens.
  [[nodiscard]] base::Result<Subject> start_sidecar(std::optional<std::uint16_t> gateway_port);
  // The same, but returns at once.
  [[nodiscard]] base::Result<Child> launch_sidecar(std::optional<std::uint16_t> gateway_port);
  // SIGTERM; an error when it does not exit with 0.
  [[nodiscard]] base::Status stop(Subject& sidecar) const;

  // That the sidecar enforces that bundle and all of it: its version, its rule and not those of its neighbours.
  [[nodiscard]] base::Status check_enforces(Subject& sidecar, const SampleBundle& bundle) const;
  // Waits until it does.
  [[nodiscard]] base::Status await_enforced(Subject& sidecar, const SampleBundle& bundle) const;
  // Waits until health is as `condition` wants it; `what` for the error, which tells what health said last.
  [[nodiscard]] base::Status await_health(Subject& sidecar, const std::string& what,
                                          const std::function<bool(const HealthSeen&)>& condition) const;
  [[nodiscard]] base::Status await_healthy(Subject& sidecar) const;
  // One sync at once, which must apply that bundle.
  [[nodiscard]] base::Status check_applies(Subject& sidecar, const SampleBundle& bundle) const;
  // One sync at once, which must be refused with that code and leave the bundle in force as it is.
  [[nodiscard]] base::Status check_refuses(Subject& sidecar, std::string_view code, const SampleBundle& in_force) const;

  // What the report tells, a sentence each.
  void saw(std::string sentence) { seen_.push_back(std::move(sentence)); }
  [[nodiscard]] const std::vector<std::string>& seen() const noexcept { return seen_; }
  // The last lines that gateway and sidecar logged.
  [[nodiscard]] std::string logs() const;

 private:
  Scene(const World& world, ScratchDirectory directory);
  [[nodiscard]] base::Status prepare();
  struct Launched {
    Child process;
    std::string port_file;
  };
  // `guardian <arguments>`; nothing but `environment` and what every process of the scene is given.
  [[nodiscard]] base::Result<Launched> launch(std::vector<std::string> arguments, std::vector<std::string> environment,
                                              const std::string& log);
  [[nodiscard]] base::Result<Launched> launch_serve(std::optional<std::uint16_t> gateway_port);
  [[nodiscard]] base::Result<std::uint16_t> await_port(Launched& launched, const std::string& who);

  const World& world_;
  ScratchDirectory directory_;
  std::string admin_token_;
  base::TimePoint first_version_;
  std::deque<crypto::PrivateKey> keys_;  // the first is the scene's own
  std::string root_;
  std::vector<std::string> seen_;
  unsigned launched_ = 0;
};

// An error that says what was expected and is not so.
[[nodiscard]] base::Error unexpected(std::string text);
[[nodiscard]] base::Status expect(bool held, std::string otherwise);

}  // namespace guardian::tools
