#include "file_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

namespace guardian::cmd {

namespace {

constexpr int kForever = -1;
constexpr int kQuietMillis = 100;  // a save is several events
constexpr int kMaxQuietRounds = 20;
constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr std::uint32_t kGone = IN_DELETE_SELF | IN_MOVE_SELF;

base::Error system_error(const std::string& what) {
  const auto code = errno == ENOENT || errno == ENOTDIR ? base::ErrorCode::NotFound : base::ErrorCode::Io;
  return {code, what + ": " + std::strerror(errno)};
}

bool is_policy_name(std::string_view name) noexcept {
  if (name.starts_with('.')) return false;
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

}  // namespace

FileWatch::FileWatch(base::UniqueFd events, base::UniqueFd signals)
    : events_(std::move(events)), signals_(std::move(signals)) {}

base::Result<FileWatch> FileWatch::open() {
  base::UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events.valid()) return system_error("cannot watch files");
  sigset_t ends{};
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  base::UniqueFd signals(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.valid()) return system_error("cannot wait for signals");
  return FileWatch(std::move(events), std::move(signals));
}

FileWatch::Directory* FileWatch::watch(const std::string& directory) {
  const int descriptor = ::inotify_add_watch(events_.get(), directory.c_str(), kChanges | kGone | IN_ONLYDIR);
  if (descriptor < 0) return nullptr;
  Directory& watched = directories_[descriptor];
  if (watched.path.empty()) watched.path = directory;
  return &watched;
}

base::Result<bool> FileWatch::watch_parts(const std::string& path) {
  std::filesystem::path holder = ".";
  std::optional<base::Error> refused;
  for (const std::filesystem::path& part : std::filesystem::path(path)) {
    if (part.is_absolute()) holder = part;
    if (part.is_absolute() || part.empty() || part == ".") continue;
    if (Directory* const watched = watch(holder.string())) {
      refused.reset();
      watched->names.insert(part.string());
    } else if (const int why = errno; why == ENOENT || why == ENOTDIR) {
      // The one above is watched for it already, before it was looked for: it cannot appear unseen.
      if (refused) return *refused;
      if (holder == ".") return system_error("cannot watch `.`");
      return false;
    } else {
      refused = system_error("cannot watch `" + holder.string() + "`");
      if (why != EACCES) return *refused;
    }
    holder = holder == "." ? part : holder / part;
  }
  if (refused) return *refused;
  return true;
}

base::Status FileWatch::add_file(const std::string& path) {
  GUARDIAN_TRY(watch_parts(path));
  return {};
}

base::Status FileWatch::add_directory(const std::string& path) {
  GUARDIAN_ASSIGN(const bool there, watch_parts(path));
  if (!there) return {};
  Directory* const watched = watch(path);
  if (watched == nullptr) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return system_error("cannot watch `" + path + "`");
  }
  watched->all_policies = true;
  return {};
}

bool FileWatch::wait_readable(int timeout_millis, bool& interrupted) const {
  std::array<pollfd, 2> waited{pollfd{events_.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0}};
  const int ready = ::poll(waited.data(), waited.size(), timeout_millis);
  interrupted = ready > 0 && waited[1].revents != 0;
  return ready > 0 && waited[0].revents != 0;
}

std::optional<std::string> FileWatch::read_events() {
  std::optional<std::string> changed;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const ssize_t size = ::read(events_.get(), buffer.data(), buffer.size());
    if (size <= 0) return changed;
    inotify_event event{};
    for (std::size_t at = 0; at < static_cast<std::size_t>(size); at += sizeof event + event.len) {
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const std::string name(event.len == 0 ? "" : buffer.data() + at + sizeof event);
      const auto found = directories_.find(event.wd);
      // Events that were lost may have been any.
      if (event.wd < 0) changed = changed.value_or("more files than can be listed");
      if (found == directories_.end()) continue;
      const Directory& directory = found->second;
      if ((event.mask & kGone) != 0 && !changed) changed = directory.path;
      const bool counts = directory.names.contains(name) || (directory.all_policies && is_policy_name(name));
      if (counts && !changed) changed = directory.path == "." ? name : directory.path + "/" + name;
    }
  }
}

std::optional<std::string> FileWatch::wait() {
  bool interrupted = false;
  std::optional<std::string> changed;
  while (!changed) {
    const bool readable = wait_readable(kForever, interrupted);
    if (interrupted) return std::nullopt;
    if (readable) changed = read_events();
  }
  for (int round = 0; round < kMaxQuietRounds && wait_readable(kQuietMillis, interrupted); ++round) {
    static_cast<void>(read_events());
  }
  return interrupted ? std::nullopt : changed;
}

}  // namespace guardian::cmd
