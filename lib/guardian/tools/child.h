// A process that a drill starts and ends: only by its own id, and never left behind. When the drill dies, however it
// dies, the system kills the child.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::tools {

struct ChildOptions {
  std::string program;                   // a path
  std::vector<std::string> arguments;    // without the program's own name
  std::vector<std::string> environment;  // all of it, as `NAME=value`: nothing is inherited
  std::string log_file;                  // what it prints is appended here
};

// Movable. For the thread that started it alone: the system kills the child when that thread ends.
class Child {
 public:
  // Returns once the program runs, with no other open file than its log, in a process group of its own (a Ctrl-C in the
  // terminal is for the drill). Io when it cannot be started.
  [[nodiscard]] static base::Result<Child> start(const ChildOptions& options);
  // No process.
  Child() = default;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  // Kills it.
  ~Child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  // How it ended: its exit code, or 128 and the signal's number; nullopt while it runs.
  [[nodiscard]] std::optional<int> ended();
  // Fine when it has ended.
  void send(int signal) noexcept;
  // SIGTERM; returns how it ended. Io when it still runs after `grace`: then it is killed.
  [[nodiscard]] base::Result<int> stop(std::chrono::milliseconds grace);
  // SIGKILL; returns when it is gone.
  void kill() noexcept;
  // From now on no file of it can grow past that: what a full disk does, for this process alone. nullopt: no limit.
  [[nodiscard]] base::Status limit_file_size(std::optional<std::uint64_t> bytes);

 private:
  Child(pid_t pid, base::UniqueFd handle) : pid_(pid), handle_(std::move(handle)) {}
  void reap() noexcept;

  pid_t pid_ = -1;
  base::UniqueFd handle_;  // a pidfd: becomes readable when the process ends
  std::optional<int> ended_;
};

}  // namespace guardian::tools
