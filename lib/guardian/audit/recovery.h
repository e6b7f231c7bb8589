// What a store finds when it is opened: the end of the chain, after whatever ended the process before (audit.md,
// Durability). Only a torn tail, the part of a line that has no newline, is cut; a whole line that does not verify is
// evidence and stays, with the chain going on in a new segment behind what does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guardian/audit/chain.h"
#include "guardian/audit/head.h"
#include "guardian/audit/segment.h"
#include "guardian/base/result.h"

namespace guardian::audit {

struct Recovered {
  std::vector<Segment> segments;  // those that stay, by first seq
  bool append_to_last = false;    // the last of them ends where the chain does
  ChainEnd end;
  Head head;                    // of the store as it is now
  std::uint64_t cut_bytes = 0;  // of a torn tail
  std::string damage;           // empty, or what no crash explains: lines missing or altered at the end
};

// Cuts the tail and removes segments that were let go, and empty ones. Errors: Io.
[[nodiscard]] base::Result<Recovered> recover(const std::string& directory);

// The `prev` of a segment's first event, which is the hash of the event before it; nullopt where it has none.
[[nodiscard]] std::optional<std::string> first_prev_of(const Segment& segment);

}  // namespace guardian::audit
