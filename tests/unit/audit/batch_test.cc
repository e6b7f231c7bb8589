#include "guardian/audit/batch.h"

#include <doctest/doctest.h>

#include <memory>

#include "guardian/audit/event_line.h"
#include "unit/audit/forwarding_rig.h"

using guardian::audit::Batch;
using guardian::audit::BatchReader;
using guardian::audit::kMaxBatchBytes;
using guardian::audit::kMaxBatchEvents;
using namespace guardian::test;

namespace {

struct Reading {
  FileBacklog store;
  std::unique_ptr<BatchReader> reader = std::make_unique<BatchReader>(store.directory(), "host \"1\"");

  Batch read(std::uint64_t after, std::size_t max_events = kMaxBatchEvents) {
    auto batch = reader->read(after, store.last_seq(), max_events);
    if (!batch) FAIL(batch.error().message());
    return std::move(batch).value();
  }
};

std::string body_of(const std::vector<std::string>& lines, std::size_t first, std::size_t count) {
  std::string body = R"({"sidecar":"host \"1\"","events":[)";
  for (std::size_t i = 0; i < count; ++i) body += (i == 0 ? "" : ",") + lines.at(first + i);
  return body + "]}";
}

}  // namespace

TEST_CASE("batch: holds the lines as stored, in order, over several segments") {
  Reading reading;
  reading.store.append_many(3);
  reading.store.rotate();
  reading.store.append_many(2);
  const Batch batch = reading.read(0);
  CHECK(batch.body == body_of(reading.store.lines(), 0, 5));
  CHECK(batch.events == 5);
  CHECK(batch.through == 5);
  CHECK_FALSE(batch.full);
  CHECK(reading.read(3).body == body_of(reading.store.lines(), 3, 2));
}

TEST_CASE("batch: goes on where the last one ended, and can be read again from where it began") {
  Reading reading;
  reading.store.append_many(7);
  reading.store.rotate();
  reading.store.append_many(2);
  CHECK(reading.read(0, 3).body == body_of(reading.store.lines(), 0, 3));
  const Batch second = reading.read(3, 3);
  CHECK(second.body == body_of(reading.store.lines(), 3, 3));
  CHECK(second.full);
  CHECK(reading.read(3, 3).body == second.body);
  CHECK(reading.read(6, 3).body == body_of(reading.store.lines(), 6, 3));
  reading.store.append();
  CHECK(reading.read(9).body == body_of(reading.store.lines(), 9, 1));
  CHECK(reading.read(0).body == body_of(reading.store.lines(), 0, 10));
}

TEST_CASE("batch: ends at a thousand events") {
  Reading reading;
  reading.store.append_many(kMaxBatchEvents + 1);
  const Batch batch = reading.read(0);
  CHECK(batch.events == kMaxBatchEvents);
  CHECK(batch.full);
  CHECK(reading.read(batch.through).events == 1);
}

TEST_CASE("batch: ends before a body of more than 1 MiB, taken to the byte") {
  Reading reading;
  reading.store.append();
  reading.store.append();
  const std::size_t of_two = body_of(reading.store.lines(), 0, 2).size();
  const std::size_t room = kMaxBatchBytes - of_two;
  const std::size_t half = room / 2;
  Reading exact;
  exact.store.append({.alert = false, .filling = std::string(half, 'x')});
  exact.store.append({.alert = false, .filling = std::string(room - half, 'x')});
  CHECK(exact.read(0).body.size() == kMaxBatchBytes);
  CHECK(exact.read(0).events == 2);
  Reading over;
  over.store.append({.alert = false, .filling = std::string(half, 'x')});
  over.store.append({.alert = false, .filling = std::string(room - half + 1, 'x')});
  CHECK(over.read(0).events == 1);
  CHECK(over.read(0).full);
}

TEST_CASE("batch: an event that is larger than a batch goes alone") {
  Reading reading;
  reading.store.append();
  const std::size_t without = reading.store.lines().front().size();
  reading.store.append({.alert = false, .filling = std::string(guardian::audit::kMaxLineBytes - without, 'x')});
  reading.store.append();
  CHECK(reading.read(0).events == 1);
  const Batch large = reading.read(1);
  CHECK(large.events == 1);
  CHECK(large.body.size() > kMaxBatchBytes);
  CHECK(large.through == 2);
  CHECK(reading.read(2).events == 1);
}

TEST_CASE("batch: nothing behind the last event that is written is taken") {
  Reading reading;
  reading.store.append_many(5);
  const auto batch = reading.reader->read(1, 3, kMaxBatchEvents);
  REQUIRE(batch.ok());
  CHECK(batch->body == body_of(reading.store.lines(), 1, 2));
  CHECK(batch->through == 3);
  CHECK(reading.read(3).body == body_of(reading.store.lines(), 3, 2));
}

TEST_CASE("batch: a line that is being written is left for later") {
  Reading reading;
  reading.store.append_many(2);
  reading.store.append_raw(R"({"action":"rea)", 1);
  const Batch batch = reading.read(0);
  CHECK(batch.events == 2);
  CHECK(batch.through == 2);
  CHECK(batch.damaged == 0);
  const Batch nothing = reading.read(2);
  CHECK(nothing.events == 0);
  CHECK(nothing.through == 2);
}

TEST_CASE("batch: damaged lines are passed over and counted, and what is around them goes") {
  Reading reading;
  reading.store.append();
  reading.store.append_raw("no event\n", 1);
  reading.store.append();
  reading.store.append_raw("{}\n" + std::string(guardian::audit::kMaxLineBytes + 1, 'x') + "\n", 2);
  reading.store.append();
  reading.store.append_raw("torn", 1);
  reading.store.rotate();
  reading.store.append();
  const Batch batch = reading.read(0);
  CHECK(batch.body == body_of(reading.store.lines(), 0, 4));
  CHECK(batch.damaged == 4);
  CHECK(batch.through == 8);
  CHECK(reading.read(8).events == 0);
}

TEST_CASE("batch: a store whose last lines are damaged is done with") {
  Reading reading;
  reading.store.append();
  reading.store.append_raw("no event\n", 1);
  CHECK(reading.read(0).through == 2);
  const Batch rest = reading.read(1);
  CHECK(rest.events == 0);
  CHECK(rest.damaged == 1);
  CHECK(rest.through == 2);
}

TEST_CASE("batch: an inserted line that is no event costs no other") {
  Reading reading;
  reading.store.append();
  reading.store.append_raw("inserted\n");
  reading.store.append_many(2);
  const Batch batch = reading.read(0);
  CHECK(batch.events == 3);
  CHECK(batch.damaged == 1);
}

TEST_CASE("batch: a seq that a flipped digit made is not believed, whichever way it leads") {
  for (const char* const seq : {"\"seq\":900", "\"seq\":7", "\"seq\":1,"}) {
    CAPTURE(seq);
    Reading reading;
    reading.store.append_many(9);
    std::string flipped = reading.store.lines().at(4);
    flipped.replace(flipped.find("\"seq\":"), std::string(seq).ends_with(',') ? 8 : 7, seq);
    Reading damaged;
    damaged.store.append_many(4);
    damaged.store.append_raw(flipped + "\n", 1);
    damaged.store.append_many(4);
    const Batch batch = damaged.read(0);
    CHECK(batch.events == 8);
    CHECK(batch.damaged == 1);
    CHECK(batch.through == 9);
  }
}

TEST_CASE("batch: lines that a recovery left behind do not stand for the events that took their turn") {
  Reading reading;
  reading.store.append_many(4);
  std::string altered = reading.store.lines().at(2);
  Reading recovered;
  recovered.store.append_many(2);
  altered.replace(altered.find("null"), 4, "\"no\"");
  recovered.store.append_raw(altered + "\n" + reading.store.lines().at(3) + "\n");
  recovered.store.rotate();
  recovered.store.append_many(3);
  const Batch batch = recovered.read(0);
  CHECK(batch.body == body_of(recovered.store.lines(), 0, 5));
  CHECK(batch.damaged == 2);
  CHECK(recovered.read(2).body == body_of(recovered.store.lines(), 2, 3));
}

TEST_CASE("batch: what a full store let go is passed over") {
  Reading reading;
  reading.store.append_many(3);
  reading.store.rotate();
  reading.store.append_many(2);
  reading.store.rotate();
  reading.store.append();
  CHECK(reading.read(0, 1).through == 1);
  reading.store.drop_oldest();
  const Batch batch = reading.read(1);
  CHECK(batch.body == body_of(reading.store.lines(), 3, 3));
  CHECK(batch.damaged == 0);
}

TEST_CASE("batch: a store that let everything go has nothing to send") {
  Reading reading;
  reading.store.append_many(3);
  reading.store.drop_oldest();
  CHECK(reading.read(0).events == 0);
  CHECK(reading.read(0).through == 3);
}
