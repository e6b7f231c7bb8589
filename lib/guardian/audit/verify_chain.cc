#include "guardian/audit/verify_chain.h"

#include <optional>
#include <utility>

#include "guardian/audit/chain_checker.h"
#include "guardian/audit/head.h"

namespace guardian::audit {

namespace {

using Found = LineReader::Found;

// Each try begins with newer segments than the one before; retention lets one go in minutes.
constexpr int kTries = 10;
// The head is written in place: read beside a writer until two readings are the same.
constexpr int kHeadReadings = 100;
constexpr std::uint64_t kProgressBytes = std::uint64_t{32} << 20;

base::Result<std::optional<Head>> settled_head(const std::string& directory) {
  std::string before;
  std::optional<Head> head;
  for (int i = 0; i < kHeadReadings; ++i) {
    GUARDIAN_ASSIGN(head, load_head(directory));
    std::string now = head ? write_head(*head) : std::string();
    if (head && now == before) break;
    before = std::move(now);
  }
  return head;
}

// One segment's lines; false where something is wrong with one.
base::Result<bool> check_segment(const Segment& segment, bool is_last, ChainChecker& checker,
                                 const Progress& progress) {
  GUARDIAN_ASSIGN(auto reader, LineReader::open(segment.path));
  std::uint64_t told = 0;
  if (!checker.begin_segment(segment)) return false;
  while (true) {
    GUARDIAN_ASSIGN(const auto step, reader.next());
    if (step.found == Found::End) break;
    if (step.found == Found::Partial) {
      if (!checker.partial(step.text, is_last)) return false;
      break;
    }
    if (!checker.line(step.text)) return false;
    if (progress && reader.offset() - told >= kProgressBytes) {
      told = reader.offset();
      progress(checker.report().bytes);
    }
  }
  return true;
}

base::Result<ChainReport> verify_once(const StorePath& store, const Progress& progress) {
  const bool alone = !store.file.empty();
  // Before the segments: they only grow behind what it says.
  std::optional<Head> head;
  if (!alone) {
    GUARDIAN_ASSIGN(head, settled_head(store.directory));
  }
  GUARDIAN_ASSIGN(const auto segments, store.segments());
  ChainChecker checker(head, alone ? ChainChecker::Scope::OneSegment : ChainChecker::Scope::Store);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    GUARDIAN_ASSIGN(const bool good, check_segment(segments[i], i + 1 == segments.size(), checker, progress));
    if (!good) break;
  }
  return checker.finish(alone ? store.file : head_path(store.directory));
}

}  // namespace

base::Result<ChainReport> verify_chain(const StorePath& store, const Progress& progress) {
  std::optional<BadEvent> before;
  for (int i = 0; i < kTries; ++i) {
    auto report = verify_once(store, progress);
    const bool went_away = !report && report.error().code() == base::ErrorCode::NotFound && store.file.empty();
    if (!went_away) {
      if (!report || !report->bad || !store.file.empty()) return report;
      // What is missing may have been let go since the head was read; what is bad twice is bad.
      GUARDIAN_ASSIGN(const auto head, settled_head(store.directory));
      const bool let_go = head && report->bad->seq < head->first_seq;
      const bool again = before && before->seq == report->bad->seq && before->what == report->bad->what;
      if (!let_go || again) return report;
      before = report->bad;
    }
    // The directory itself is not retention's to remove.
    GUARDIAN_TRY(store.segments());
  }
  return base::Error(base::ErrorCode::Busy,
                     "reading `" + store.directory + "`: its segments are let go while they are read");
}

}  // namespace guardian::audit
