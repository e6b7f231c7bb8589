#include <array>
#include <string>
#include <vector>

#include "support/naive/condition_generator.h"

namespace guardian::testing {
namespace {

using json::Value;

struct Length {
  std::string_view unit;
  std::string_view suffix;
};

constexpr Length kLengths[] = {{"second", "Second"}, {"minute", "Minute"}, {"hour", "Hour"}, {"day", "Day"}};
constexpr std::uint64_t kMaxima[] = {1, 1, 1, 2, 2, 3, 5, 1'000'000};

}  // namespace

Value make_limit(Random& random, json::Document& memory) {
  if (random.percent(30)) {
    return memory.add_text(std::to_string(random.pick(kMaxima)) + "/" + std::string(random.pick(kLengths).unit));
  }
  std::vector<json::Member> members;
  const std::size_t surely = random.below(std::size(kLengths));
  for (std::size_t i = 0; i < std::size(kLengths); ++i) {
    if (i != surely && !random.percent(20)) continue;
    const std::string name = (random.percent(60) ? "requestsPer" : "maxPer") + std::string(kLengths[i].suffix);
    members.push_back({memory.add_characters(any_spelling(name, random)), Value::integer(random.pick(kMaxima), false)});
  }
  return memory.add_object(members);
}

}  // namespace guardian::testing
