#include "guardian/audit/delivery.h"

#include <algorithm>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/json/reader.h"
#include "guardian/net/retry.h"

namespace guardian::audit {

namespace {

constexpr std::size_t kMaxErrorText = 200;
constexpr std::size_t kMaxAnswerValues = 100'000;

struct Told {
  std::uint64_t stored = 0;  // duplicates among them
  std::size_t rejected = 0;
  std::string first_error;
};

std::optional<std::uint64_t> count_of(const json::Value& document, std::string_view name) {
  const json::Value* const value = document.find(name);
  return value == nullptr ? std::nullopt : value->as_unsigned();
}

// nullopt for what is not the document. A rejected event without an id that can be read has `null` there.
std::optional<Told> read_document(std::string_view body) {
  json::ReadLimits limits;
  limits.max_values = kMaxAnswerValues;
  const auto document = json::parse(body, limits);
  if (!document || !document->root().is_object()) return std::nullopt;
  const auto accepted = count_of(document->root(), "accepted");
  const auto duplicates = count_of(document->root(), "duplicates");
  const json::Value* const rejected = document->root().find("rejected");
  if (!accepted || !duplicates || rejected == nullptr || !rejected->is_list()) return std::nullopt;
  Told told;
  told.stored = *accepted + *duplicates;
  for (const json::Value& one : rejected->as_list()) {
    const json::Value* const id = one.find("id");
    if (id == nullptr || (!id->is_text() && !id->is_null())) return std::nullopt;
    const json::Value* const error = one.find("error");
    if (told.rejected++ == 0 && error != nullptr && error->is_text()) {
      told.first_error = base::printable(error->as_text(), kMaxErrorText);
    }
  }
  return told;
}

Delivery read_success(const net::Answer& answer, std::size_t events) {
  const auto told = read_document(answer.body);
  if (!told) return {Delivered::TrySoon, 0, {}, "the gateway's answer to events is not the document that it should be"};
  if (told->stored < events && told->rejected < events - told->stored) {
    return {Delivered::TrySoon, 0, {}, "the gateway's answer does not account for all events"};
  }
  Delivery delivery;
  delivery.what = Delivered::Stored;
  delivery.rejected = std::min(told->rejected, events);
  if (delivery.rejected != 0) {
    delivery.problem = "the gateway rejected " + std::to_string(delivery.rejected) + " of " + std::to_string(events) +
                       (events == 1 ? " event: " : " events: ") + told->first_error;
  }
  return delivery;
}

}  // namespace

Delivery read_delivery(const base::Result<net::Answer>& answer, std::size_t events) {
  if (!answer) return {Delivered::TrySoon, 0, {}, answer.error().message()};
  const int status = answer->status;
  if (status == 200) return read_success(*answer, events);
  const std::string answered = "the gateway answered " + std::to_string(status);
  if (status == 400 || status == 413) return {Delivered::BatchRefused, 0, {}, answered + " to events"};
  if (status == 404 || status == 405 || status == 501) {
    return {Delivered::TakesNone, 0, {}, "the gateway takes no events (" + std::to_string(status) + "): asked hourly"};
  }
  if (net::is_transient(status)) return {Delivered::TrySoon, 0, net::retry_after_of(*answer), answered};
  return {Delivered::TryAtInterval, 0, {}, net::error_of_status(status).message()};
}

}  // namespace guardian::audit
