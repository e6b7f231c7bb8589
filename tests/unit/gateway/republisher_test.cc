#include "guardian/gateway/republisher.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "guardian/base/unique_fd.h"
#include "unit/gateway/rig.h"

using guardian::gateway::FileStamps;
using guardian::gateway::Look;
using guardian::gateway::Republisher;
using namespace guardian::test;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

struct Watched : GatewayRig {
  Watched() {
    open();
    republisher.emplace(*gateway, FileStamps(dir.file("repo"), {}, clock), log);
  }
  [[nodiscard]] std::string logged() const { return dir.read("log"); }

  guardian::base::UniqueFd fd{::open(dir.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  guardian::base::Logger log{guardian::base::LogLevel::Info, guardian::base::LogFormat::Text, fd.get(), clock};
  std::optional<Republisher> republisher;
};

}  // namespace

TEST_CASE("republisher: what changed is published, with the counts before and after") {
  Watched rig;
  rig.republisher->look(Look::IfChanged);
  CHECK(rig.logged().empty());
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  rig.republisher->look(Look::IfChanged);
  CHECK(rig.logged().find("event=bundle_published") != std::string::npos);
  CHECK(rig.logged().find("policies=2 policies_before=1") != std::string::npos);
}

TEST_CASE("republisher: a change that is refused is said once, and the next change is tried again") {
  Watched rig;
  const std::string version = rig.gateway->bundle_version();
  rig.dir.write("repo/policies/q.yaml", "name: q\nru");
  for (int i = 0; i < 3; ++i) rig.republisher->look(Look::IfChanged);
  CHECK(count_of(rig.logged(), "event=rebuild_refused") == 1);
  CHECK(rig.logged().find("q.yaml") != std::string::npos);
  CHECK(rig.logged().find("action=keeping_" + version) != std::string::npos);
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  rig.republisher->look(Look::IfChanged);
  CHECK(count_of(rig.logged(), "event=bundle_published") == 1);
}

TEST_CASE("republisher: a change that is taken back is said to have ended") {
  Watched rig;
  rig.dir.write("repo/policies/q.yaml", "ru");
  rig.republisher->look(Look::IfChanged);
  REQUIRE(rig.files.remove_all(rig.dir.file("repo/policies/q.yaml")).ok());
  rig.republisher->look(Look::IfChanged);
  CHECK(count_of(rig.logged(), "event=bundle_unchanged") == 1);
}

TEST_CASE("republisher: an operator who asks hears of it, changed or not") {
  Watched rig;
  rig.republisher->look(Look::Anyway);
  CHECK(count_of(rig.logged(), "event=bundle_unchanged") == 1);
  rig.dir.write("repo/policies/q.yaml", "ru");
  rig.republisher->look(Look::Anyway);
  rig.republisher->look(Look::Anyway);
  CHECK(count_of(rig.logged(), "event=rebuild_refused") == 2);
}

TEST_CASE("file stamps: a file put in the place of another is a change, though its size and time are the same") {
  TempDir dir;
  const guardian::test::FakeClock clock;
  const std::string path = dir.write("policies/a.yaml", "aaaa");
  FileStamps stamps(dir.path(), {}, clock);
  CHECK_FALSE(stamps.changed());
  const std::string beside = dir.write("policies/.a.yaml.tmp", "bbbb");
  struct stat old = {};
  REQUIRE(::stat(path.c_str(), &old) == 0);
  const timespec times[2] = {old.st_atim, old.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, beside.c_str(), times, 0) == 0);
  CHECK_FALSE(stamps.changed());  // what editors write beside the file is none of its business
  REQUIRE(::rename(beside.c_str(), path.c_str()) == 0);
  CHECK(stamps.changed());
  CHECK_FALSE(stamps.changed());
}

TEST_CASE("file stamps: keys and roots count beside the directory, and files that come and go") {
  TempDir dir;
  const guardian::test::FakeClock clock;
  const std::string key = dir.file("key.pem");
  FileStamps stamps(dir.file("repo"), {key, dir.file("roots")}, clock);
  for (const char* name : {"key.pem", "roots/1.json", "repo/agents.yaml", "repo/policies/p.yml"}) {
    CAPTURE(name);
    dir.write(name, "x");
    CHECK(stamps.changed());
    CHECK_FALSE(stamps.changed());
  }
  for (const char* name : {"repo/README.md", "repo/policies/.hidden.yaml", "repo/policies/notes.txt"}) {
    CAPTURE(name);
    dir.write(name, "x");
    CHECK_FALSE(stamps.changed());
  }
  guardian::base::SystemFileSystem files;
  REQUIRE(files.remove_all(key).ok());
  CHECK(stamps.changed());
}

TEST_CASE("file stamps: what changed a moment ago is looked at once more when its times have settled") {
  TempDir dir;
  const std::string path = dir.write("agents.yaml", "x");
  struct stat found = {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  guardian::test::FakeClock clock;
  clock.set(guardian::base::TimePoint(std::chrono::seconds(found.st_mtim.tv_sec + 1)));
  FileStamps stamps(dir.path(), {}, clock);
  CHECK_FALSE(stamps.changed());
  clock.advance(std::chrono::seconds(5));
  CHECK(stamps.changed());
  CHECK_FALSE(stamps.changed());
}
