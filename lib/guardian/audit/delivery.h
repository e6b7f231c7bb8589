// What the gateway's answer to a batch means (gateway.md, `POST audit` and Errors). Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "guardian/base/result.h"
#include "guardian/net/client.h"

namespace guardian::audit {

enum class Delivered {
  Stored,         // all but the rejected ones are stored for good
  BatchRefused,   // 400, 413: its events go one by one; one that was alone is refused for good
  TakesNone,      // 404, 405, 501: this gateway takes no events
  TryAtInterval,  // a bad token, or an answer that asking again soon will not better
  TrySoon         // no answer, one that says so, or one that is not what it should be
};

struct Delivery {
  Delivered what = Delivered::TrySoon;
  std::size_t rejected = 0;                         // Stored: events that the gateway will never take
  std::optional<std::chrono::seconds> retry_after;  // TrySoon: what the gateway asked for
  std::string problem;                              // for people; empty where all went well
};

// `events` is how many were sent. A 200 is Stored only with the document of gateway.md that tells of all of them.
[[nodiscard]] Delivery read_delivery(const base::Result<net::Answer>& answer, std::size_t events);

}  // namespace guardian::audit
