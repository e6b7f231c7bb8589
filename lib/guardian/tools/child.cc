#include "guardian/tools/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "guardian/base/system_error.h"

namespace guardian::tools {

namespace {

using base::Error;
using base::ErrorCode;

std::vector<char*> as_pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// glibc 2.36 has pidfd_open, but its header is not for C++.
int open_handle(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)); }

// All that the new process needs, made before the fork: after it only system calls are allowed.
struct Image {
  const char* program;
  char* const* arguments;
  char* const* environment;
  int log;
  int failures;  // where the reason goes when it cannot be started
  pid_t parent;
};

[[noreturn]] void become(const Image& image) noexcept {
  const auto give_up = [&] {
    const int reason = errno;
    (void)!::write(image.failures, &reason, sizeof reason);
    ::_exit(127);
  };
  // It is set for the thread that forked, which may have died before this line.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) give_up();
  if (::getppid() != image.parent) ::_exit(127);
  (void)::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(image.log, STDOUT_FILENO) < 0 ||
      ::dup2(image.log, STDERR_FILENO) < 0) {
    give_up();
  }
  (void)::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execve(image.program, image.arguments, image.environment);
  give_up();
  ::_exit(127);
}

}  // namespace

base::Result<Child> Child::start(const ChildOptions& options) {
  const base::UniqueFd log(::open(options.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log.valid()) return base::system_error("open", options.log_file, errno);
  std::array<int, 2> ends = {};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::system_error("pipe", options.program, errno);
  const base::UniqueFd failures(ends[0]);
  base::UniqueFd reporting(ends[1]);

  std::vector<std::string> words = {options.program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const std::vector<char*> arguments = as_pointers(words);
  const std::vector<char*> environment = as_pointers(options.environment);
  const Image image{options.program.c_str(), arguments.data(), environment.data(), log.get(),
                    reporting.get(),         ::getpid()};
  // Not posix_spawn: it has no way to ask for the signal at the parent's death.
  const pid_t pid = ::fork();
  if (pid < 0) return base::system_error("fork", options.program, errno);
  if (pid == 0) become(image);
  Child child(pid, base::UniqueFd(open_handle(pid)));
  if (!child.handle_.valid()) return base::system_error("pidfd_open", options.program, errno);
  if (!reporting.close()) return base::system_error("pipe", options.program, errno);
  int reason = 0;
  ssize_t got = 0;
  while ((got = ::read(failures.get(), &reason, sizeof reason)) < 0 && errno == EINTR) {
  }
  if (got == 0) return child;
  return base::system_error("run", options.program, got == sizeof reason ? reason : EIO);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      handle_(std::move(other.handle_)),
      ended_(std::exchange(other.ended_, std::nullopt)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    kill();
    pid_ = std::exchange(other.pid_, -1);
    handle_ = std::move(other.handle_);
    ended_ = std::exchange(other.ended_, std::nullopt);
  }
  return *this;
}

Child::~Child() { kill(); }

void Child::reap() noexcept {
  int status = 0;
  pid_t found = 0;
  while ((found = ::waitpid(pid_, &status, WNOHANG)) < 0 && errno == EINTR) {
  }
  if (found == pid_) ended_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::optional<int> Child::ended() {
  if (pid_ > 0 && !ended_) reap();
  return ended_;
}

// A process that was not reaped keeps its id, so the signal cannot hit another one.
void Child::send(int signal) noexcept {
  if (pid_ > 0 && !ended_) (void)::kill(pid_, signal);
}

base::Result<int> Child::stop(std::chrono::milliseconds grace) {
  if (const auto code = ended()) return *code;
  send(SIGTERM);
  pollfd gone{handle_.get(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&gone, 1, static_cast<int>(grace.count()))) < 0 && errno == EINTR) {
  }
  if (ready > 0) {
    if (const auto code = ended()) return *code;
  }
  kill();
  return Error(ErrorCode::Io, "it did not end within " + std::to_string(grace.count() / 1000) + " s of SIGTERM");
}

void Child::kill() noexcept {
  if (pid_ <= 0 || ended_) return;
  (void)::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

base::Status Child::limit_file_size(std::optional<std::uint64_t> bytes) {
  rlimit limit{};
  if (::prlimit(pid_, RLIMIT_FSIZE, nullptr, &limit) != 0)
    return base::system_error("prlimit", std::to_string(pid_), errno);
  limit.rlim_cur = bytes ? static_cast<rlim_t>(*bytes) : limit.rlim_max;
  if (::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0)
    return base::system_error("prlimit", std::to_string(pid_), errno);
  return {};
}

}  // namespace guardian::tools
