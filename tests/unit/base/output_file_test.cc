#include "guardian/base/output_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guardian/base/file_system.h"
#include "guardian/base/unique_fd.h"
#include "support/temp_dir.h"

using namespace guardian::base;
using guardian::test::TempDir;

namespace {

struct stat info_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  return info;
}

std::string content_of(const std::string& path) {
  SystemFileSystem files;
  return files.read_file(path, 100).value();
}

}  // namespace

TEST_CASE("output: a new file is for all to read and an old one keeps its mode") {
  const TempDir dir;
  const std::string path = dir.path() + "/out";
  REQUIRE(write_output(path, "old").ok());
  CHECK((info_of(path).st_mode & 0777U) == 0644U);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  REQUIRE(write_output(path, "new").ok());
  CHECK(content_of(path) == "new");
  CHECK((info_of(path).st_mode & 0777U) == 0600U);
}

TEST_CASE("output: what the user has beside it stays, and nothing else is left there") {
  const TempDir dir;
  SystemFileSystem files;
  REQUIRE(files.write_and_sync(dir.path() + "/out.tmp", "mine", FileAccess::OwnerOnly).ok());
  REQUIRE(write_output(dir.path() + "/out", "x").ok());
  CHECK(content_of(dir.path() + "/out.tmp") == "mine");
  CHECK(files.list(dir.path())->size() == 2);
}

TEST_CASE("output: symbolic links are followed, also to a file that is not there yet") {
  const TempDir dir;
  SystemFileSystem files;
  REQUIRE(files.make_directories(dir.path() + "/real").ok());
  REQUIRE(::symlink("real/out", (dir.path() + "/second").c_str()) == 0);
  REQUIRE(::symlink("second", (dir.path() + "/first").c_str()) == 0);
  for (const char* text : {"new", "newer"}) {
    REQUIRE(write_output(dir.path() + "/first", text).ok());
    CHECK(content_of(dir.path() + "/real/out") == text);
  }
  CHECK(S_ISLNK(info_of(dir.path() + "/first").st_mode));
  CHECK(S_ISLNK(info_of(dir.path() + "/second").st_mode));
  REQUIRE(::symlink("loop", (dir.path() + "/loop").c_str()) == 0);
  CHECK_FALSE(write_output(dir.path() + "/loop", "x").ok());
}

TEST_CASE("output: a pipe is written to and stays one") {
  const TempDir dir;
  const std::string path = dir.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  REQUIRE(reader.valid());
  REQUIRE(write_output(path, "report").ok());
  char got[16] = {};
  CHECK(::read(reader.get(), got, sizeof got) == 6);
  CHECK(std::string(got) == "report");
  CHECK(S_ISFIFO(info_of(path).st_mode));
}

TEST_CASE("output: a full device and a directory are errors, and are left as they are") {
  const TempDir dir;
  REQUIRE(::symlink("/dev/full", (dir.path() + "/full").c_str()) == 0);
  CHECK(write_output(dir.path() + "/full", "x").error().message().find("cannot write") == 0);
  CHECK_FALSE(write_output(dir.path(), "x").ok());
  CHECK(write_output(dir.path() + "/none/out", "x").error().code() == ErrorCode::NotFound);
  SystemFileSystem files;
  CHECK(files.list(dir.path())->size() == 1);
}

TEST_CASE("output: a file that standard output is open to is written on, not replaced under it") {
  const TempDir dir;
  const std::string path = dir.path() + "/both";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const UniqueFd before(::dup(STDERR_FILENO));
  REQUIRE(::dup2(file.get(), STDERR_FILENO) == STDERR_FILENO);
  const auto first = ::write(STDERR_FILENO, "text,", 5);
  const Status written = write_output(path, "report");
  REQUIRE(::dup2(before.get(), STDERR_FILENO) == STDERR_FILENO);
  CHECK(first == 5);
  CHECK(written.ok());
  CHECK(content_of(path) == "text,report");
}
