#include "guardian/tools/scratch_directory.h"

#include <doctest/doctest.h>

#include <filesystem>

using guardian::tools::ScratchDirectory;

TEST_CASE("scratch directory: it is ours alone and goes with all in it") {
  guardian::base::SystemFileSystem files;
  std::string path;
  {
    auto made = ScratchDirectory::make(files, "guardian-unit-");
    REQUIRE(made.ok());
    const ScratchDirectory directory = std::move(made).value();
    path = directory.path();
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
    REQUIRE(files.make_directories(path + "/a/b").ok());
    REQUIRE(files.write_and_sync(path + "/a/b/c", "text", guardian::base::FileAccess::OwnerOnly).ok());
    const auto other = ScratchDirectory::make(files, "guardian-unit-");
    REQUIRE(other.ok());
    CHECK(other->path() != path);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}
