// write-corruptions DIR: every corruption as a file, what is needed to judge them, and cases.json, for
// tests/fault/corrupt_bundles_are_refused_everywhere.py:
//   {"maxBundleBytes": <n>, "previous": {"file", "version"}, "current": {"file", "version"},
//    "cases": [{"name", "file", "trust", "code", "refusedBy"}]}
#include <fstream>
#include <iostream>
#include <string>

#include "guardian/json/writer.h"
#include "tests/support/corruptions.h"

namespace {

using namespace guardian;

constexpr const char* kRootFiles[] = {"one-of-three.root.json", "two-of-two.root.json"};

const char* root_file(test::Trusted trusted) { return kRootFiles[trusted == test::Trusted::TwoOfTwo ? 1 : 0]; }

class Directory {
 public:
  explicit Directory(std::string path) : path_(std::move(path)) {}

  void write(const std::string& name, const std::string& bytes) {
    std::ofstream file(path_ + "/" + name, std::ios::binary);
    file << bytes;
    file.close();
    if (!file) failed_ = true;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  std::string path_;
  bool failed_ = false;
};

void write_all(Directory& directory) {
  const test::CorruptionKeys keys = test::make_corruption_keys();
  for (const test::Trusted trusted : {test::Trusted::OneOfThree, test::Trusted::TwoOfTwo}) {
    directory.write(root_file(trusted), test::corruption_root(keys, trusted));
  }
  std::string index;
  json::Writer out(index);
  out.begin_object().key("maxBundleBytes").unsigned_integer(test::kCorruptionMaxBytes);
  const auto good = [&](std::string_view member, std::string_view version) {
    const std::string file = std::string(member) + ".bundle.json";
    directory.write(file, test::good_bundle(keys, version));
    out.key(member).begin_object().member("file", file).member("version", version).end_object();
  };
  good("previous", test::kPreviousVersion);
  good("current", test::kCurrentVersion);
  out.key("cases").begin_list();
  std::size_t number = 0;
  for (const test::Corruption& corruption : test::all_corruptions(keys)) {
    const std::string file = "case-" + std::to_string(++number) + ".bundle.json";
    directory.write(file, corruption.bytes);
    out.begin_object().member("name", corruption.name).member("file", file);
    out.member("trust", root_file(corruption.trusted)).member("code", to_string(corruption.code));
    out.member("refusedBy", to_string(corruption.refused_by)).end_object();
  }
  out.end_list().end_object();
  directory.write("cases.json", index + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write-corruptions DIR\n";
    return 2;
  }
  Directory directory(argv[1]);
  write_all(directory);
  if (!directory.failed()) return 0;
  std::cerr << "write-corruptions: cannot write into " << argv[1] << "\n";
  return 1;
}
