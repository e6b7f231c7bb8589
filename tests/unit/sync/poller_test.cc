#include "guardian/sync/poller.h"

#include <doctest/doctest.h>

using namespace guardian::sync;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

SyncReport failed(bool retry_soon) {
  SyncReport report;
  report.error = guardian::base::Error(guardian::base::ErrorCode::Network, "away");
  report.retry_soon = retry_soon;
  return report;
}

}  // namespace

TEST_CASE("wait: after a success the interval with ten percent jitter") {
  CHECK(next_wait({}, seconds(60), 0, 0.0) == milliseconds(54'000));
  CHECK(next_wait({}, seconds(60), 0, 0.5) == milliseconds(60'000));
  CHECK(next_wait({}, seconds(60), 0, 0.999'999) < milliseconds(66'001));
}

TEST_CASE("wait: a refusal is tried again at the interval") {
  CHECK(next_wait(failed(false), seconds(60), 0, 0.5) == milliseconds(60'000));
}

TEST_CASE("wait: backoff has full jitter, doubles from half a second and never passes the interval") {
  CHECK(next_wait(failed(true), seconds(60), 1, 0.999'999) <= milliseconds(500));
  CHECK(next_wait(failed(true), seconds(60), 4, 0.5) == milliseconds(2'000));
  CHECK(next_wait(failed(true), seconds(60), 500, 0.999'999) <= milliseconds(60'000));
  CHECK(next_wait(failed(true), seconds(1), 9, 0.999'999) <= milliseconds(1'000));
  CHECK(next_wait(failed(true), seconds(60), 1, 0.0) > milliseconds(0));
}

TEST_CASE("wait: what the gateway asked for comes first, but is never a busy loop") {
  SyncReport report = failed(true);
  report.retry_after = seconds(120);
  CHECK(next_wait(report, seconds(60), 3, 0.5) == milliseconds(120'000));
  report.retry_after = seconds(0);
  CHECK(next_wait(report, seconds(60), 3, 0.5) == milliseconds(500));
}
