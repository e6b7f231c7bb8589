#include "guardian/gateway/audit_store.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <latch>
#include <set>
#include <thread>

#include "support/temp_dir.h"

using guardian::base::ErrorCode;
using guardian::gateway::AuditStore;
using guardian::gateway::event_file_name;
using guardian::gateway::PostedBatch;
using namespace guardian::test;

namespace {

// Later for a greater number.
std::string uuid(std::size_t number) {
  const std::string digits = std::to_string(number);
  return "019b0000-" + std::string(4 - digits.size(), '0') + digits + "-7000-8000-000000000000";
}

PostedBatch batch_of(const std::vector<std::string>& ids, std::string sidecar = "host-1") {
  PostedBatch batch;
  batch.sidecar = std::move(sidecar);
  for (const std::string& id : ids) batch.events.push_back({id, R"({"id":")" + id + "\"}"});
  return batch;
}

struct Rig {
  TempDir dir;
  guardian::base::SystemFileSystem files;
  std::unique_ptr<AuditStore> audit;

  Rig() { open(); }
  void open() {
    auto opened = AuditStore::open(dir.file("audit"), files);
    if (!opened) FAIL(opened.error().message());
    audit = std::move(opened).value();
  }
  std::size_t store(const PostedBatch& batch) {
    const auto stored = audit->store(batch);
    if (!stored) FAIL(stored.error().message());
    return *stored;
  }
  std::string text(const std::string& name = "host-1.jsonl") const { return dir.read("audit/" + name); }
};

std::string lines_of(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += R"({"id":")" + id + "\"}\n";
  return text;
}

// Files of this process may not grow past `bytes` while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit lower = {bytes, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &lower);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  void (*before_)(int);
  rlimit limit_ = {};
};

}  // namespace

TEST_CASE("audit store: events are kept in order, each id once") {
  Rig rig;
  CHECK(rig.store(batch_of({uuid(1), uuid(2)})) == 2);
  CHECK(rig.store(batch_of({uuid(2), uuid(3), uuid(3), uuid(1)})) == 1);
  CHECK(rig.store(batch_of({"odd", "odd"})) == 1);
  CHECK(rig.text() == lines_of({uuid(1), uuid(2), uuid(3), "odd"}));
}

TEST_CASE("audit store: a restart keeps what it knows") {
  Rig rig;
  rig.store(batch_of({uuid(1), "odd", uuid(2)}));
  rig.open();
  CHECK(rig.store(batch_of({uuid(2), "odd", uuid(1), uuid(3)})) == 1);
  CHECK(rig.text() == lines_of({uuid(1), "odd", uuid(2), uuid(3)}));
}

TEST_CASE("audit store: an id is the text it stands for, however it is written") {
  Rig rig;
  PostedBatch escaped;
  escaped.sidecar = "host-1";
  escaped.events.push_back({"odd", R"({"id":"od\u0064"})"});
  CHECK(rig.store(escaped) == 1);
  rig.open();
  CHECK(rig.store(batch_of({"odd"})) == 0);
}

TEST_CASE("audit store: many batches that are sent again, before and after a restart, add nothing") {
  Rig rig;
  std::vector<std::string> all;
  std::vector<PostedBatch> batches;
  for (std::size_t batch = 0; batch < 20; ++batch) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < 100; ++i) ids.push_back(uuid(batch * 100 + i));
    all.insert(all.end(), ids.begin(), ids.end());
    batches.push_back(batch_of(ids));
  }
  for (const PostedBatch& batch : batches) CHECK(rig.store(batch) == 100);
  for (const PostedBatch& batch : batches) CHECK(rig.store(batch) == 0);
  rig.open();
  for (const PostedBatch& batch : batches) CHECK(rig.store(batch) == 0);
  CHECK(rig.text() == lines_of(all));
}

TEST_CASE("audit store: a torn end is cut at the start, and sent again it is stored") {
  Rig rig;
  rig.store(batch_of({uuid(1)}));
  rig.audit = nullptr;
  std::ofstream(rig.dir.file("audit/host-1.jsonl"), std::ios::app) << R"({"id":")" << uuid(2);
  rig.open();
  CHECK(rig.store(batch_of({uuid(1), uuid(2)})) == 1);
  CHECK(rig.text() == lines_of({uuid(1), uuid(2)}));
}

TEST_CASE("audit store: lines that are no events are left as they are") {
  Rig rig;
  rig.dir.write("audit/host-1.jsonl", "no event\n{}\n" + lines_of({uuid(1)}));
  rig.open();
  CHECK(rig.store(batch_of({uuid(1), uuid(2)})) == 1);
  CHECK(rig.text() == "no event\n{}\n" + lines_of({uuid(1), uuid(2)}));
}

TEST_CASE("audit store: a file that was moved away is begun anew, one that was put back is read again") {
  Rig rig;
  rig.store(batch_of({uuid(1)}));
  std::filesystem::rename(rig.dir.file("audit/host-1.jsonl"), rig.dir.file("away"));
  CHECK(rig.store(batch_of({uuid(2)})) == 1);
  CHECK(rig.text() == lines_of({uuid(2)}));
  std::filesystem::rename(rig.dir.file("away"), rig.dir.file("audit/host-1.jsonl"));
  CHECK(rig.store(batch_of({uuid(1), uuid(3)})) == 1);
  CHECK(rig.text() == lines_of({uuid(1), uuid(3)}));
}

TEST_CASE("audit store: what cannot be written whole is not there, and is taken when it can be") {
  Rig rig;
  rig.store(batch_of({uuid(1)}));
  {
    const FileSizeLimit limit(80);
    const auto stored = rig.audit->store(batch_of({uuid(2), uuid(3)}));
    REQUIRE_FALSE(stored.ok());
    CHECK(stored.error().code() == ErrorCode::Io);
  }
  CHECK(rig.text() == lines_of({uuid(1)}));
  CHECK(rig.store(batch_of({uuid(1), uuid(2), uuid(3)})) == 2);
  CHECK(rig.text() == lines_of({uuid(1), uuid(2), uuid(3)}));
}

TEST_CASE("audit store: each sidecar has a file of its own and ids of its own") {
  Rig rig;
  CHECK(rig.store(batch_of({uuid(1)}, "a")) == 1);
  CHECK(rig.store(batch_of({uuid(1)}, "b")) == 1);
  CHECK(rig.text("a.jsonl") == rig.text("b.jsonl"));
}

TEST_CASE("audit store: a sidecar's id leads nowhere but into the directory") {
  CHECK(event_file_name("host-1_a.b") == "host-1_a.b.jsonl");
  CHECK(event_file_name("../../etc/passwd") == "%2e.%2f..%2fetc%2fpasswd.jsonl");
  CHECK(event_file_name(".") == "%2e.jsonl");
  CHECK(event_file_name(std::string("a\0b\n", 4)) == "a%00b%0a.jsonl");
  std::set<std::string> names;
  for (const std::string& id : {std::string(150, '/'), std::string(151, '/'), std::string(255, 'a'),
                                std::string(256, 'a'), std::string("%2e"), std::string(".")}) {
    const std::string name = event_file_name(id);
    CAPTURE(name);
    CHECK(name.size() <= 255);
    CHECK(name.find('/') == std::string::npos);
    CHECK(names.insert(name).second);
  }
}

TEST_CASE("audit store: sidecars that post at once lose nothing to each other") {
  Rig rig;
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kBatches = 25;
  std::latch all_there(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&rig, &all_there, thread] {
        all_there.arrive_and_wait();
        for (std::size_t i = 0; i < kBatches; ++i) {
          CHECK(rig.audit->store(batch_of({uuid(thread * kBatches + i), uuid(9'999)})).ok());
        }
      });
    }
  }
  const std::string text = rig.text();
  CHECK(std::ranges::count(text, '\n') == kThreads * kBatches + 1);
}

TEST_CASE("audit store: a directory that cannot be made is an error") {
  TempDir dir;
  dir.write("file", "");
  guardian::base::SystemFileSystem files;
  CHECK_FALSE(AuditStore::open(dir.file("file/audit"), files).ok());
}
