#include "guardian/tools/child.h"

#include <doctest/doctest.h>

#include <csignal>

#include "support/temp_dir.h"

using guardian::base::ErrorCode;
using guardian::test::TempDir;
using guardian::tools::Child;

namespace {

constexpr std::chrono::seconds kGrace{20};

guardian::base::Result<Child> shell(const TempDir& dir, std::string script, std::vector<std::string> environment = {}) {
  return Child::start({"/bin/sh", {"-c", std::move(script)}, std::move(environment), dir.file("log")});
}

// Until it has printed that line, so that its traps are set.
void await_output(const TempDir& dir, std::string_view line) {
  while (dir.read("log").find(line) == std::string::npos) {
  }
}

}  // namespace

TEST_CASE("child: it has the environment it is given and no more, and its output in the log") {
  const TempDir dir;
  auto child = shell(dir, "/usr/bin/env; echo problem >&2; exec sleep 600", {"COLOUR=blue"});
  REQUIRE(child.ok());
  await_output(dir, "problem");
  const std::string log = dir.read("log");
  CHECK(log.find("COLOUR=blue\n") != std::string::npos);
  CHECK(log.find("HOME=") == std::string::npos);
  CHECK(log.find("TMPDIR=") == std::string::npos);
  CHECK_FALSE(child->ended().has_value());
}

TEST_CASE("child: stop sends SIGTERM and tells the exit code") {
  const TempDir dir;
  auto child = shell(dir, "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done");
  REQUIRE(child.ok());
  await_output(dir, "ready");
  const auto code = child->stop(kGrace);
  REQUIRE(code.ok());
  CHECK(*code == 7);
  CHECK(child->ended() == 7);
  CHECK(*child->stop(kGrace) == 7);
}

TEST_CASE("child: one that does not stop is killed and reported") {
  const TempDir dir;
  auto child = shell(dir, "trap '' TERM; echo ready; while :; do sleep 0.01; done");
  REQUIRE(child.ok());
  await_output(dir, "ready");
  CHECK_FALSE(child->stop(std::chrono::milliseconds(50)).ok());
  CHECK(child->ended() == 128 + SIGKILL);
}

TEST_CASE("child: it dies with its owner") {
  const TempDir dir;
  pid_t pid = 0;
  {
    auto child = shell(dir, "exec sleep 600");
    REQUIRE(child.ok());
    pid = child->pid();
    CHECK(::kill(pid, 0) == 0);
  }
  CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("child: assigning another one ends the first") {
  const TempDir dir;
  auto first = shell(dir, "exec sleep 600");
  auto second = shell(dir, "exec sleep 600");
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  const pid_t gone = first->pid();
  const pid_t stays = second->pid();
  *first = std::move(*second);
  CHECK(::kill(gone, 0) != 0);
  CHECK(first->pid() == stays);
  CHECK_FALSE(first->ended().has_value());
}

TEST_CASE("child: a program that is not there is an error") {
  const TempDir dir;
  const auto child = Child::start({dir.file("nothing"), {}, {}, dir.file("log")});
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().code() == ErrorCode::NotFound);
}

TEST_CASE("child: blocked signals of ours are not blocked for it") {
  const TempDir dir;
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto child = shell(dir, "exec sleep 600");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(child.ok());
  const auto code = child->stop(kGrace);
  REQUIRE(code.ok());
  CHECK(*code == 128 + SIGTERM);
}

TEST_CASE("child: past its file size limit writes fail, and not once the limit is lifted") {
  const TempDir dir;
  auto child = shell(dir, "cd '" + dir.path() +
                              "'; trap '' XFSZ; echo ready; until [ -e go ]; do sleep 0.01; done; "
                              "head -c 100000 /dev/zero >a; echo a; until [ -e on ]; do sleep 0.01; done; "
                              "head -c 100000 /dev/zero >b; echo b");
  REQUIRE(child.ok());
  REQUIRE(child->limit_file_size(4096).ok());
  dir.write("go", "");
  await_output(dir, "a\n");
  CHECK(dir.read("a").size() == 4096);
  REQUIRE(child->limit_file_size(std::nullopt).ok());
  dir.write("on", "");
  await_output(dir, "b\n");
  CHECK(dir.read("b").size() == 100000);
}
