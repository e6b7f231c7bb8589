#include "tests/support/faulty_file_system.h"

namespace guardian::test {

namespace {

base::Error no_space(const std::string& path) {
  return base::Error(base::ErrorCode::Io, "`" + path + "`: no space left on device");
}

}  // namespace

class FaultyFileSystem::File final : public base::AppendFile {
 public:
  File(FaultyFileSystem& files, std::unique_ptr<base::AppendFile> real, std::string path)
      : files_(files), real_(std::move(real)), path_(std::move(path)) {}

  base::Status append(std::string_view bytes) override {
    if (!files_.breaks()) return real_->append(bytes);
    if (files_.leaves_ == Leaves::PartOfFile && files_.calls_ == files_.fail_at_) {
      (void)real_->append(bytes.substr(0, bytes.size() / 2));
    }
    return no_space(path_);
  }
  base::Status sync() override {
    if (files_.breaks()) return no_space(path_);
    return real_->sync();
  }

 private:
  FaultyFileSystem& files_;
  std::unique_ptr<base::AppendFile> real_;
  std::string path_;
};

void FaultyFileSystem::fail_at(std::size_t call, Fault fault, Leaves leaves) {
  calls_ = 0;
  fail_at_ = call;
  fault_ = fault;
  leaves_ = leaves;
}

void FaultyFileSystem::heal() { fail_at(0, Fault::Once); }

bool FaultyFileSystem::breaks() {
  ++calls_;
  return calls_ == fail_at_ || dead();
}

base::Result<std::string> FaultyFileSystem::read_file(const std::string& path, std::size_t max_bytes) {
  if (dead()) return no_space(path);
  return real_.read_file(path, max_bytes);
}

base::Status FaultyFileSystem::write_and_sync(const std::string& path, std::string_view bytes,
                                              base::FileAccess access) {
  if (!breaks()) return real_.write_and_sync(path, bytes, access);
  if (leaves_ == Leaves::PartOfFile && calls_ == fail_at_) {
    (void)real_.write_and_sync(path, bytes.substr(0, bytes.size() / 2), access);
  }
  return no_space(path);
}

base::Result<std::unique_ptr<base::AppendFile>> FaultyFileSystem::create(const std::string& path) {
  if (breaks()) return no_space(path);
  GUARDIAN_ASSIGN(auto real, real_.create(path));
  return std::unique_ptr<base::AppendFile>(std::make_unique<File>(*this, std::move(real), path));
}

base::Status FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  if (breaks()) return no_space(to);
  return real_.rename(from, to);
}

base::Status FaultyFileSystem::link(const std::string& from, const std::string& to) {
  if (breaks()) return no_space(to);
  if (!links_) return base::Error(base::ErrorCode::Io, "`" + to + "`: operation not permitted");
  return real_.link(from, to);
}

base::Status FaultyFileSystem::sync_directory(const std::string& path) {
  if (breaks()) return no_space(path);
  return real_.sync_directory(path);
}

base::Status FaultyFileSystem::make_directories(const std::string& path) {
  if (breaks()) return no_space(path);
  return real_.make_directories(path);
}

base::Status FaultyFileSystem::remove_all(const std::string& path) {
  if (breaks()) return no_space(path);
  return real_.remove_all(path);
}

base::Result<std::vector<base::DirectoryEntry>> FaultyFileSystem::list(const std::string& path) {
  if (dead()) return no_space(path);
  return real_.list(path);
}

}  // namespace guardian::test
