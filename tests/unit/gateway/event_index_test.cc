#include "guardian/gateway/event_index.h"

#include <doctest/doctest.h>

#include <string>

using guardian::base::Error;
using guardian::base::ErrorCode;
using guardian::gateway::EventIndex;
using guardian::gateway::EventKey;
using guardian::gateway::key_of;

namespace {

EventKey timed(std::uint64_t milliseconds, std::uint64_t low = 0) { return {milliseconds << 16 | 0x7000, low, true}; }

// A file whose lines are ten bytes long; counts how often it is looked into.
struct File {
  EventIndex index;
  std::vector<EventKey> keys;
  std::size_t looks = 0;

  void add(const EventKey& key) {
    index.add(key, keys.size() * 10, keys.size() * 10 + 10);
    keys.push_back(key);
  }
  bool has(const EventKey& key) {
    const EventIndex::Look look = [this](const EventIndex::Stretch& stretch) {
      ++looks;
      return std::vector<EventKey>(keys.begin() + static_cast<std::ptrdiff_t>(stretch.begin / 10),
                                   keys.begin() + static_cast<std::ptrdiff_t>(stretch.end / 10));
    };
    const auto found = index.find({&key, 1}, look);
    REQUIRE(found.ok());
    return found->contains(key);
  }
};

}  // namespace

TEST_CASE("event index: a UUID is its bits, whatever its letters' case, and version 7 is told") {
  const EventKey key = key_of("019b0f3c-2d1e-7abc-9def-0123456789ab");
  CHECK(key.high == 0x019b0f3c2d1e7abcU);
  CHECK(key.low == 0x9def0123456789abU);
  CHECK(key.is_timed);
  CHECK(key_of("019B0F3C-2D1E-7ABC-9DEF-0123456789AB") == key);
  CHECK_FALSE(key_of("019b0f3c-2d1e-4abc-9def-0123456789ab").is_timed);
}

TEST_CASE("event index: texts that are no UUID have keys of their own") {
  for (const char* const id : {"e1", "019b0f3c-2d1e-7abc-9def-0123456789a", "019b0f3c-2d1e-7abc-9def-0123456789ag",
                               "019b0f3c02d1e-7abc-9def-0123456789ab", "019b0f3c-2d1e-7abc-9def-0123456789abc"}) {
    CAPTURE(id);
    CHECK_FALSE(key_of(id).is_timed);
    CHECK(key_of(id) == key_of(id));
    CHECK(key_of(id) != key_of(std::string(id) + "x"));
  }
}

TEST_CASE("event index: finds what was added, timed or not, and nothing else") {
  File file;
  for (std::uint64_t i = 0; i < 1'000; ++i) file.add(timed(2 * i));
  file.add(key_of("odd"));
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    CHECK(file.has(timed(2 * i)));
    CHECK_FALSE(file.has(timed(2 * i, 1)));
    CHECK_FALSE(file.has(timed(2 * i + 1)));
  }
  CHECK(file.has(key_of("odd")));
  CHECK_FALSE(file.has(key_of("even")));
}

TEST_CASE("event index: finds ids that come out of order") {
  File file;
  for (std::uint64_t i = 0; i < 2'000; ++i) file.add(timed(i * 7'919 % 2'003));
  for (std::uint64_t i = 0; i < 2'000; ++i) CHECK(file.has(timed(i * 7'919 % 2'003)));
  CHECK_FALSE(file.has(timed(2'003)));
}

TEST_CASE("event index: the file is not looked into for what is newer than all in it") {
  File file;
  for (std::uint64_t i = 0; i < 10'000; ++i) file.add(timed(i));
  CHECK_FALSE(file.has(timed(10'000)));
  CHECK(file.looks == 0);
  CHECK(file.has(timed(5'000)));
  CHECK(file.looks == 1);
}

TEST_CASE("event index: takes a place for some hundred events, and none is larger than a bounded part of the file") {
  EventIndex index;
  for (std::uint64_t i = 0; i < 25'600; ++i) index.add(timed(i), i * 10, i * 10 + 10);
  CHECK(index.stretches() == 100);
  EventIndex large;
  for (std::uint64_t i = 0; i < 100; ++i) large.add(timed(i), i * 200'000, i * 200'000 + 200'000);
  CHECK(large.stretches() == 100);
}

TEST_CASE("event index: a file that cannot be looked into is an error, not an absence") {
  EventIndex index;
  index.add(timed(5), 0, 10);
  const EventKey key = timed(5, 1);
  const auto found = index.find({&key, 1}, [](const auto&) { return Error(ErrorCode::Io, "gone"); });
  CHECK(found.error().code() == ErrorCode::Io);
}
