// The disk fails, or the process dies, at every single change of a sidecar's life with a gateway: the root pinned on
// first use, a first bundle, a second, a rotated root with its bundle, the gateway's confirmation. A process that
// starts afterwards finds an old or the new bundle, whole and verified, never an older one than the life before had on
// the disk, and never half a root.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "guardian/sync/syncer.h"
#include "support/bundle_builder.h"
#include "support/fake_clock.h"
#include "support/faulty_file_system.h"
#include "support/temp_dir.h"

using guardian::base::ErrorCode;
using guardian::sync::Outcome;
using guardian::sync::SyncReport;
using namespace guardian::test;

namespace {

constexpr std::string_view kApi = "http://127.0.0.1:1/api/v1/guardian";
constexpr std::array<std::string_view, 3> kVersions = {"2026-04-18T10:30:00Z", "2026-04-18T10:40:00Z",
                                                       "2026-04-18T10:50:00Z"};
constexpr int kNone = -1;

// A gateway that answers each path with what stands there, and knows what the caller has.
class Shelf final : public guardian::net::HttpClient {
 public:
  std::map<std::string, std::string, std::less<>> files;  // by path below the API; empty: the network is down

  [[nodiscard]] guardian::base::Result<guardian::net::Answer> send(const guardian::net::Call& call) override {
    if (files.empty()) return guardian::base::Error(ErrorCode::Network, "connection refused");
    guardian::net::Answer answer;
    const auto file = files.find(std::string_view(call.url).substr(kApi.size()));
    answer.status = file == files.end() ? 404 : 200;
    if (file == files.end()) return answer;
    const std::string etag = "\"" + std::to_string(std::hash<std::string>()(file->second)) + "\"";
    answer.headers.add("ETag", etag);
    if (call.headers.find("If-None-Match") == etag) {
      answer.status = 304;
    } else {
      answer.body = file->second;
    }
    return answer;
  }
};

// What the gateway has in the course of a life. Root 2 replaces the one key by another.
struct Course {
  guardian::crypto::PrivateKey first = make_key();
  guardian::crypto::PrivateKey second = make_key();
  std::vector<std::string> roots = {root_bytes({&first}), rotated_root()};
  std::vector<std::string> bundles = {bundle(kVersions[0], first), bundle(kVersions[1], first),
                                      bundle(kVersions[2], second)};

  static constexpr int kSteps = 4;  // of a life: a bundle each, then a sync that changes nothing

  [[nodiscard]] static std::string bundle(std::string_view date, const guardian::crypto::PrivateKey& key) {
    return BundleBuilder().date(date).bytes({&key});
  }

  void offer(Shelf& shelf, int step) const {
    const auto number = static_cast<std::size_t>(std::min(step, 2));
    shelf.files = {{"/bundle", bundles[number]}, {"/trust-root/1", roots[0]}, {"/trust-root", roots[0]}};
    if (number < 2) return;
    shelf.files["/trust-root/2"] = roots[1];
    shelf.files["/trust-root"] = roots[1];
  }

  // Which of the bundles that is.
  [[nodiscard]] int index_of(const std::string& bytes) const {
    const auto found = std::ranges::find(bundles, bytes);
    return found == bundles.end() ? kNone : static_cast<int>(found - bundles.begin());
  }

 private:
  [[nodiscard]] std::string rotated_root() const {
    guardian::bundle::TrustRootDraft draft;
    draft.version = 2;
    draft.expires_at = instant_of("2027-01-01T00:00:00Z");
    draft.keys = {second.public_key()};
    auto envelope = guardian::bundle::make_trust_root(draft);
    REQUIRE(envelope.ok());
    guardian::crypto::sign_envelope(*envelope, first);
    guardian::crypto::sign_envelope(*envelope, second);
    return guardian::crypto::write_envelope(*envelope);
  }
};

// A process: what it has in memory, over a disk that outlives it.
class Process {
 public:
  Process(guardian::base::FileSystem& files, const std::string& directory, const guardian::base::Clock& clock)
      : cache_(files, directory) {
    (void)cache_.prepare();
    guardian::sync::Options options;
    options.gateway_url = "http://127.0.0.1:1";
    options.admin_token = "admin-token";
    auto created = guardian::sync::Syncer::create(options, cache_, shelf, clock, active_);
    REQUIRE(created.ok());
    syncer = std::move(created).value();
    loaded = syncer->load_cached().ok();
  }

  [[nodiscard]] int active(const Course& course) const {
    const auto snapshot = active_.get();
    if (snapshot == nullptr) return kNone;
    const int index = course.index_of(snapshot->bundle().bytes());
    REQUIRE(index != kNone);
    return index;
  }

  Shelf shelf;
  std::unique_ptr<guardian::sync::Syncer> syncer;
  bool loaded = false;

 private:
  guardian::bundle::Cache cache_;
  guardian::decision::ActiveSnapshot active_;
};

struct Fall {
  std::size_t call = 0;  // 0: none
  Fault fault = Fault::Dead;
  Leaves leaves = Leaves::Nothing;
};

// A life on a disk that fails once, or for good, at one change.
class Life {
 public:
  explicit Life(const Course& course) : course_(course) {}

  // Returns how many changes it made.
  std::size_t live(const Fall& fall) {
    if (fall.call != 0) files_.fail_at(fall.call, fall.fault, fall.leaves);
    Process process(files_, directory(), clock_);
    for (int step = 0; step < Course::kSteps; ++step) {
      const int before = process.active(course_);
      course_.offer(process.shelf, step);
      const SyncReport report = process.syncer->sync_once();
      enforced_ = process.active(course_);
      CHECK(enforced_ >= before);
      // Whatever becomes of the disk, a verified bundle is enforced; only a root that cannot be pinned stops one.
      if (before != kNone) CHECK(enforced_ == std::min(step, 2));
      if (enforced_ == kNone) CHECK(report.error.has_value());
      if (fell_in_ == kNone && fall.call != 0 && files_.calls() >= fall.call) fell_in_ = step;
    }
    const std::size_t calls = files_.calls();
    files_.heal();
    return calls;
  }

  // What a process that starts now may enforce: of a disk that died, the bundle that was being written or the one
  // before; of one that failed once, the last, since every later sync tries again.
  void check_restart(const Fall& fall) {
    Process restarted(files_, directory(), clock_);
    CHECK(restarted.loaded);
    held_ = restarted.active(course_);
    if (fall.fault == Fault::Once) {
      CHECK(held_ == 2);
    } else {
      const int writing = std::min(fell_in_, 2);
      CHECK(held_ <= writing);
      CHECK(held_ >= std::min(fell_in_ - 1, 2));
    }
    check_roots();
    CHECK_FALSE(dir_.exists("cache/quarantine"));
    if (held_ == kNone) return;
    CHECK(restarted.syncer->status().root_version == (held_ == 2 ? 2 : 1));
    check_nothing_older(restarted);
  }

  // With the gateway back, on a disk that works: the newest bundle, on the disk too.
  void check_healing() {
    {
      Process healed(files_, directory(), clock_);
      course_.offer(healed.shelf, 3);
      CHECK_FALSE(healed.syncer->sync_once().error.has_value());
      CHECK(healed.active(course_) == 2);
      CHECK(healed.syncer->status().persist_problem.empty());
    }
    const Process restarted(files_, directory(), clock_);
    CHECK(restarted.active(course_) == 2);
    CHECK(restarted.syncer->status().root_version == 2);
  }

 private:
  [[nodiscard]] std::string directory() const { return dir_.file("cache"); }

  // A root on the disk is one that the gateway gave, and nothing is enforced without one.
  void check_roots() const {
    for (std::size_t version = 1; version <= 2; ++version) {
      const std::string name = "cache/roots/" + std::to_string(version) + ".json";
      if (dir_.exists(name)) CHECK(dir_.read(name) == course_.roots[version - 1]);
    }
    if (enforced_ != kNone) CHECK(dir_.exists("cache/roots/1.json"));
    if (held_ == 2) CHECK(dir_.exists("cache/roots/2.json"));
  }

  // Neither an older bundle nor a stranger with a root of his own.
  void check_nothing_older(Process& process) const {
    for (int older = 0; older < held_; ++older) {
      course_.offer(process.shelf, held_);
      process.shelf.files["/bundle"] = course_.bundles[static_cast<std::size_t>(older)];
      CHECK(process.syncer->sync_once().error.has_value());
      CHECK(process.active(course_) == held_);
    }
    const auto stranger = make_key();
    const std::string root = root_bytes({&stranger});
    process.shelf.files = {
        {"/bundle", Course::bundle("2026-04-18T11:00:00Z", stranger)}, {"/trust-root", root}, {"/trust-root/1", root}};
    CHECK(process.syncer->sync_once().error.has_value());
    CHECK(process.active(course_) == held_);
  }

  const Course& course_;
  TempDir dir_;
  FaultyFileSystem files_;
  FakeClock clock_;
  int fell_in_ = kNone;   // step
  int enforced_ = kNone;  // at the end of the life
  int held_ = kNone;      // by the disk, as a new process sees it
};

}  // namespace

TEST_CASE("sync: a life that is not disturbed ends with the newest bundle and root on the disk") {
  const Course course;
  Life life(course);
  CHECK(life.live({}) >= 20);
  life.check_healing();
}

TEST_CASE("sync: whatever change of a life the disk or the process breaks at, nothing is lost and nothing is older") {
  const Course course;
  const std::size_t changes = Life(course).live({});
  for (std::size_t call = 1; call <= changes; ++call) {
    for (const Fault fault : {Fault::Once, Fault::Dead}) {
      for (const Leaves leaves : {Leaves::Nothing, Leaves::PartOfFile}) {
        CAPTURE(call);
        CAPTURE((fault == Fault::Dead));
        CAPTURE((leaves == Leaves::PartOfFile));
        const Fall fall{call, fault, leaves};
        Life life(course);
        life.live(fall);
        life.check_restart(fall);
        life.check_healing();
      }
    }
  }
}
