#include "guardian/analysis/pattern_claims.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "guardian/analysis/glob_algebra.h"
#include "guardian/analysis/path_glob_algebra.h"

namespace guardian::analysis {

namespace {

using json::Value;
using policy::Leaning;
using policy::Operator;
using policy::Test;

using Globs = std::vector<GlobCodes>;

std::span<const Value> one_or_many(const Value& operand) noexcept {
  return operand.is_list() ? operand.as_list() : std::span(&operand, 1);
}

bool same_test(const Test& a, const Test& b) noexcept { return a.op == b.op && json::equal(a.operand, b.operand); }

bool is_quantifier(const Test& test) noexcept { return test.op == Operator::Some || test.op == Operator::Every; }

// The same test in the same polarity holds in a restricting rule wherever it does in an allowing one.
bool contradict_outright(const Claim& a, const Claim& b) noexcept {
  if (a.test->negated != b.test->negated || a.holds == b.holds) return false;
  const Claim& affirmed = a.holds ? a : b;
  const Claim& denied = a.holds ? b : a;
  return affirmed.leaning == denied.leaning || affirmed.leaning == Leaning::Allowing;
}

bool contradict(const Claim& a, const Claim& b, bool undecided_counts) {
  if (!same_test(*a.test, *b.test)) return false;
  if (contradict_outright(a, b)) return true;
  if (is_quantifier(*a.test) || is_affirmed(a) == is_affirmed(b)) return false;
  return !undecided_counts || !comes_out_undecided(a) || !comes_out_undecided(b);
}

std::optional<Globs> globs_of(const Test& test) {
  const auto patterns = glob_patterns_of(test);
  if (!patterns) return std::nullopt;
  Globs globs;
  for (const std::string& pattern : *patterns) globs.push_back(read_glob(pattern));
  return globs;
}

// Every pattern of `asked` meets nothing in some other set that is asked for, or lies within one that is forbidden.
template <typename Pattern, typename Overlap, typename Contains>
bool excluded(const std::vector<std::vector<Pattern>>& asked, const std::vector<Pattern>& forbidden, Overlap meets,
              Contains holds) {
  const auto is_dead = [&](const Pattern& pattern) {
    if (std::ranges::any_of(forbidden, [&](const Pattern& wide) { return holds(wide, pattern); })) return true;
    return std::ranges::any_of(asked, [&](const std::vector<Pattern>& other) {
      return std::ranges::none_of(other, [&](const Pattern& one) { return meets(one, pattern); });
    });
  };
  return std::ranges::any_of(asked, [&](const auto& patterns) { return std::ranges::all_of(patterns, is_dead); });
}

bool globs_exclude(std::span<const Claim> claims, const Domain& domain) {
  std::vector<Globs> asked;
  for (const auto patterns : {domain.patterns, domain.more_patterns}) {
    Globs& globs = asked.emplace_back();
    for (const auto& pattern : patterns) globs.push_back(read_glob(pattern.pattern()));
    if (patterns.empty()) globs.push_back({kAnyRun});
  }
  Globs forbidden;
  for (const Claim& claim : claims) {
    auto globs = globs_of(*claim.test);
    if (!globs) continue;
    if (is_affirmed(claim)) {
      asked.push_back(*std::move(globs));
    } else {
      std::ranges::move(*globs, std::back_inserter(forbidden));
    }
  }
  return excluded(
      asked, forbidden, [](const GlobCodes& a, const GlobCodes& b) { return overlap(a, b); },
      [](const GlobCodes& wide, const GlobCodes& narrow) { return contains(wide, narrow); });
}

// A path that climbs above its start is decided by none of the tests: it must be out of the question.
bool paths_exclude(std::span<const Claim> claims, bool undecided_counts) {
  std::vector<std::vector<const policy::PathGlob*>> asked;
  std::vector<const policy::PathGlob*> forbidden;
  bool climbing_counts = undecided_counts;
  for (const Claim& claim : claims) {
    if (claim.test->op != Operator::PathMatches) continue;
    climbing_counts = climbing_counts && comes_out_undecided(claim);
    auto& into = is_affirmed(claim) ? asked.emplace_back() : forbidden;
    for (const auto& path : claim.test->paths()) into.push_back(&path);
  }
  return !climbing_counts &&
         excluded(
             asked, forbidden, [](const auto* a, const auto* b) { return path_globs_overlap(*a, *b); },
             [](const auto* wide, const auto* narrow) { return path_glob_contains(*wide, *narrow); });
}

}  // namespace

std::optional<std::vector<std::string>> glob_patterns_of(const Test& test) {
  std::vector<std::string> globs;
  const auto add = [&](std::string_view before, std::string_view text, std::string_view after) {
    globs.push_back(std::string(before) + escape_glob(text) + std::string(after));
  };
  if (test.op == Operator::Matches) {
    for (const auto& glob : test.globs()) globs.push_back(glob.pattern());
    return globs;
  }
  for (const Value& operand : one_or_many(test.operand)) {
    if (!operand.is_text()) {
      // Other values than texts are equal to no text; other operators cannot take them.
      if (test.op == Operator::Equals || test.op == Operator::In) continue;
      return std::nullopt;
    }
    if (test.op == Operator::StartsWith) add("", operand.as_text(), "*");
    if (test.op == Operator::EndsWith) add("*", operand.as_text(), "");
    if (test.op == Operator::Contains) add("*", operand.as_text(), "*");
    if (test.op == Operator::In || (test.op == Operator::Equals && !test.operand.is_list())) {
      add("", operand.as_text(), "");
    }
  }
  const bool has_texts = test.op == Operator::StartsWith || test.op == Operator::EndsWith ||
                         test.op == Operator::Contains || test.op == Operator::In || test.op == Operator::Equals;
  return has_texts ? std::optional(std::move(globs)) : std::nullopt;
}

bool is_affirmed(const Claim& claim) noexcept { return claim.holds != claim.test->negated; }

bool comes_out_undecided(const Claim& claim) noexcept { return (claim.leaning == Leaning::Restricting) == claim.holds; }

bool contradict(std::span<const Claim> claims, bool undecided_counts) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (contradict(claims[i], claims[j], undecided_counts)) return true;
    }
  }
  return false;
}

bool patterns_exclude(std::span<const Claim> claims, const Domain& domain, bool undecided_counts) {
  return globs_exclude(claims, domain) || paths_exclude(claims, undecided_counts);
}

bool members_exclude(std::span<const Claim> claims) {
  Globs forbidden;
  std::vector<Value> forbidden_values;
  const auto looks_at_members = [](const Test& test) {
    return test.op == Operator::In || test.op == Operator::Matches || test.op == Operator::Contains;
  };
  for (const Claim& claim : claims) {
    if (!looks_at_members(*claim.test) || is_affirmed(claim)) continue;
    if (claim.test->op == Operator::Matches) {
      std::ranges::move(*globs_of(*claim.test), std::back_inserter(forbidden));
    } else {
      std::ranges::copy(one_or_many(claim.test->operand), std::back_inserter(forbidden_values));
    }
  }
  const auto value_is_forbidden = [&](const Value& value) {
    if (std::ranges::any_of(forbidden_values, [&](const Value& other) { return json::equal(value, other); }))
      return true;
    return value.is_text() && std::ranges::any_of(forbidden, [&](const GlobCodes& glob) {
             return contains(glob, read_glob(escape_glob(value.as_text())));
           });
  };
  const auto glob_is_forbidden = [&](const policy::Glob& glob) {
    const GlobCodes codes = read_glob(glob.pattern());
    if (std::ranges::any_of(forbidden, [&](const GlobCodes& wide) { return contains(wide, codes); })) return true;
    return glob.is_literal() && value_is_forbidden(Value::text(glob.literal()));
  };
  return std::ranges::any_of(claims, [&](const Claim& claim) {
    if (!looks_at_members(*claim.test) || !is_affirmed(claim)) return false;
    if (claim.test->op == Operator::Matches) return std::ranges::all_of(claim.test->globs(), glob_is_forbidden);
    return std::ranges::all_of(one_or_many(claim.test->operand), value_is_forbidden);
  });
}

}  // namespace guardian::analysis
