#include "guardian/base/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "support/fake_clock.h"

using namespace guardian::base;

namespace {

// What a logger of that format writes for one event.
std::string logged(LogFormat format, LogLevel level) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const guardian::test::FakeClock clock;
  const Logger logger(LogLevel::Info, format, ends[1], clock);
  logger.log(level, "bundle_refused", {{"code", "rollback"}, {"reason", "older \"than\" 42"}, {"empty", ""}});
  ::close(ends[1]);
  std::string text(4096, '\0');
  const ssize_t got = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

TEST_CASE("log: text lines quote only what needs it") {
  const std::string line = logged(LogFormat::Text, LogLevel::Warn);
  CHECK(line.find(R"( warn event=bundle_refused code=rollback reason="older \"than\" 42" empty="")") !=
        std::string::npos);
  CHECK(line.back() == '\n');
}

TEST_CASE("log: json lines are one object a line") {
  const std::string line = logged(LogFormat::Json, LogLevel::Warn);
  CHECK(line.find(
            R"("level":"warn","event":"bundle_refused","code":"rollback","reason":"older \"than\" 42","empty":""})") !=
        std::string::npos);
  CHECK(line.front() == '{');
}

TEST_CASE("log: events below the threshold are not written") {
  CHECK(logged(LogFormat::Text, LogLevel::Debug).empty());
}
