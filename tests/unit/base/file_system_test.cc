#include "guardian/base/file_system.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "guardian/base/file_lock.h"
#include "guardian/base/unique_fd.h"
#include "support/temp_dir.h"

using namespace guardian::base;
using guardian::test::TempDir;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

}  // namespace

TEST_CASE("files: what was written is read back, exactly at the cap and not past it") {
  const TempDir dir;
  SystemFileSystem files;
  const std::string path = dir.path() + "/file";
  REQUIRE(files.write_and_sync(path, "12345", FileAccess::OwnerOnly).ok());
  CHECK(*files.read_file(path, 5) == "12345");
  CHECK(files.read_file(path, 4).error().code() == ErrorCode::TooLarge);
}

TEST_CASE("files: a missing file is not_found and a directory is an error, both with the path") {
  const TempDir dir;
  SystemFileSystem files;
  const auto missing = files.read_file(dir.path() + "/none", 10);
  CHECK(missing.error().code() == ErrorCode::NotFound);
  CHECK(missing.error().message().find(dir.path() + "/none") != std::string::npos);
  CHECK(files.read_file(dir.path(), 10).error().code() == ErrorCode::Io);
}

TEST_CASE("files: a pipe that nobody writes to is an error, and one with a writer is read to its end") {
  const TempDir dir;
  SystemFileSystem files;
  const std::string path = dir.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto nothing = files.read_file(path, 10);
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.error().message() == "cannot read `" + path + "`: a pipe that nobody writes to");
  // The pipe keeps what is written while some end of it is open.
  const UniqueFd kept(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  UniqueFd end(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(end.valid());
  std::thread writer([end = std::move(end)]() mutable {
    static_cast<void>(::write(end.get(), "12345", 5) == 5);
    static_cast<void>(end.close());
  });
  const auto read = files.read_file(path, 10);
  writer.join();
  REQUIRE(read.ok());
  CHECK(*read == "12345");
}

TEST_CASE("files: secrets are for the owner alone whatever the umask") {
  const TempDir dir;
  SystemFileSystem files;
  const mode_t before = ::umask(0);
  REQUIRE(files.make_directories(dir.path() + "/a/b").ok());
  REQUIRE(files.write_and_sync(dir.path() + "/a/b/secret", "x", FileAccess::OwnerOnly).ok());
  REQUIRE(files.write_and_sync(dir.path() + "/a/public", "x", FileAccess::WorldReadable).ok());
  ::umask(before);
  CHECK(mode_of(dir.path() + "/a/b") == 0700);
  CHECK(mode_of(dir.path() + "/a/b/secret") == 0600);
  CHECK(mode_of(dir.path() + "/a/public") == 0644);
}

TEST_CASE("files: a created file takes pieces, under its new name too") {
  const TempDir dir;
  SystemFileSystem files;
  const std::string path = dir.path() + "/file";
  REQUIRE(files.write_and_sync(path, "old", FileAccess::WorldReadable).ok());
  auto created = files.create(path);
  REQUIRE(created.ok());
  CHECK(files.read_file(path, 10)->empty());
  CHECK(mode_of(path) == 0600);
  REQUIRE((*created)->append("one,").ok());
  REQUIRE(files.rename(path, path + ".new").ok());
  REQUIRE((*created)->append("two").ok());
  CHECK((*created)->sync().ok());
  CHECK(*files.read_file(path + ".new", 10) == "one,two");
  CHECK(files.create(dir.path() + "/none/file").error().code() == ErrorCode::NotFound);
}

TEST_CASE("files: a symbolic link is not written through") {
  const TempDir dir;
  SystemFileSystem files;
  REQUIRE(files.write_and_sync(dir.path() + "/target", "old", FileAccess::OwnerOnly).ok());
  REQUIRE(::symlink((dir.path() + "/target").c_str(), (dir.path() + "/link").c_str()) == 0);
  CHECK_FALSE(files.write_and_sync(dir.path() + "/link", "new", FileAccess::OwnerOnly).ok());
  CHECK(*files.read_file(dir.path() + "/target", 10) == "old");
}

TEST_CASE("files: making a directory where a file stands is an error") {
  const TempDir dir;
  SystemFileSystem files;
  REQUIRE(files.write_and_sync(dir.path() + "/file", "x", FileAccess::OwnerOnly).ok());
  CHECK_FALSE(files.make_directories(dir.path() + "/file").ok());
  CHECK_FALSE(files.make_directories(dir.path() + "/file/below").ok());
}

TEST_CASE("files: a listing is sorted and tells directories from files") {
  const TempDir dir;
  SystemFileSystem files;
  for (const char* name : {"/b", "/a", "/C"}) {
    REQUIRE(files.write_and_sync(dir.path() + name, "", FileAccess::OwnerOnly).ok());
  }
  REQUIRE(files.make_directories(dir.path() + "/d").ok());
  const auto entries = files.list(dir.path());
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 4);
  CHECK((*entries)[0].name == "C");
  CHECK((*entries)[3].is_directory);
  CHECK(files.list(dir.path() + "/none").error().code() == ErrorCode::NotFound);
}

TEST_CASE("replace_file: the new content stands and no temporary file is left") {
  const TempDir dir;
  SystemFileSystem files;
  const std::string path = dir.path() + "/file";
  REQUIRE(replace_file(files, path, "old").ok());
  REQUIRE(replace_file(files, path, "new").ok());
  CHECK(*files.read_file(path, 10) == "new");
  CHECK(files.list(dir.path())->size() == 1);
}

TEST_CASE("lock: a second holder is refused as busy until the first lets go") {
  const TempDir dir;
  const std::string path = dir.path() + "/lock";
  CHECK(FileLock::holder(path) == 0);
  {
    const auto first = FileLock::try_lock(path);
    REQUIRE(first.ok());
    CHECK(FileLock::try_lock(path).error().code() == ErrorCode::Busy);
    CHECK(FileLock::holder(path) == ::getpid());
  }
  CHECK(FileLock::holder(path) == 0);
  CHECK(FileLock::try_lock(path).ok());
}
