#include "answers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::testing {
namespace {

using json::Value;

constexpr std::size_t kMaxExplainBytes = std::size_t{1} << 24;
constexpr std::size_t kLarge = 256;  // an actual value below that must be shown

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::vector<NaiveLimit> to_limits(const limits::Maxima& maxima) {
  std::vector<NaiveLimit> limits;
  const auto put = [&](std::uint32_t most, std::chrono::seconds interval) {
    if (most > 0) limits.push_back({most, interval});
  };
  put(maxima.per_second, std::chrono::seconds(1));
  put(maxima.per_minute, std::chrono::minutes(1));
  put(maxima.per_hour, std::chrono::hours(1));
  put(maxima.per_day, std::chrono::days(1));
  return limits;
}

bool is_named_only(const Value& engine, const Value& oracle) {
  return engine.is_text() && engine.as_text().ends_with(" too large to show]") && json::write(oracle).size() >= kLarge;
}

// The members of a list, written, in an order of their own.
std::vector<std::string> sorted_texts(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& member : list.as_list()) texts.push_back(json::canonical(member));
  std::ranges::sort(texts);
  return texts;
}

bool same_member(const json::Member& engine, const Value& oracle) {
  if (engine.key == "undecided" && engine.value.is_list() && oracle.is_list()) {
    return sorted_texts(engine.value) == sorted_texts(oracle);
  }
  return same_explanation(engine.value, oracle) || (engine.key == "actual" && is_named_only(engine.value, oracle));
}

}  // namespace

NaiveAnswer to_answer(const decision::Decision& decision, const limits::Charge& charge) {
  NaiveAnswer answer;
  answer.allow = decision.allow;
  answer.policy = owned(decision.policy);
  answer.rule = owned(decision.rule);
  answer.reason = owned(decision.reason);
  answer.approval_id = owned(decision.approval_id);
  answer.requires_approval = decision.requires_approval;
  for (const decision::DryRun& run : decision.dry_run) {
    answer.dry_run.emplace_back(std::string(run.policy), std::string(run.rule), run.allow);
  }
  if (!decision.allow) return answer;
  for (const limits::Counter& counter : charge.used()) {
    NaiveCount count{std::string(counter.policy), std::string(counter.rule), std::string(counter.agent),
                     to_limits(counter.maxima)};
    // The rule's first, as the oracle has them.
    answer.counts.insert(count.rule.empty() ? answer.counts.end() : answer.counts.begin(), std::move(count));
  }
  return answer;
}

decision::Question to_question(const NaiveQuestion& question) {
  return {question.agent_id, question.request, question.chain};
}

json::Document engine_explain(const decision::Engine& engine, const NaiveQuestion& question, base::TimePoint now) {
  std::string text;
  json::Writer out(text);
  engine.explain(to_question(question), now, kMaxExplainBytes, out);
  return json::parse(text).value();
}

bool same_explanation(const Value& engine, const Value& oracle) {
  if (engine.kind() != oracle.kind()) return false;
  if (engine.is_list()) {
    if (engine.as_list().size() != oracle.as_list().size()) return false;
    for (std::size_t i = 0; i < engine.as_list().size(); ++i) {
      if (!same_explanation(engine.as_list()[i], oracle.as_list()[i])) return false;
    }
    return true;
  }
  if (!engine.is_object()) return json::equal(engine, oracle);
  if (engine.as_object().size() != oracle.as_object().size()) return false;
  for (const json::Member& member : engine.as_object()) {
    const Value* other = oracle.find(member.key);
    if (other == nullptr || !same_member(member, *other)) return false;
  }
  return true;
}

}  // namespace guardian::testing
