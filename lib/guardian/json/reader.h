// The one way foreign JSON comes in: bounded and strict (RFC 8259, and tighter). Refused with a place: anything but one
// value with only white space around it, a byte-order mark, invalid UTF-8, lone surrogates, duplicate keys in an
// object, depth past the limit, numbers a double cannot hold, integers beyond +-2^53 where exact ones are asked for.
// Pure; any thread. Never recursive on input. Only file that sees RapidJSON's reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/document.h"

namespace guardian::json {

enum class Integers {
  Exact,       // an integer literal outside +-2^53 is an error (requests, policies)
  Unsigned64,  // integer literals up to 2^64-1 are kept exactly (a bundle's version); beyond is an error
  AsDouble     // beyond 64 bits the nearest double (what canonical() wrote: 1e20 comes out as an integer)
};

struct ReadLimits {
  std::size_t max_bytes = std::size_t{1} << 20;  // TooLarge past it; at most 4 GiB - 1 whatever is set
  std::size_t max_depth = 64;                    // the root's list or object counts 1; TooLarge past it
  std::size_t max_values = std::numeric_limits<std::size_t>::max();  // of all kinds; TooLarge past it
  Integers integers = Integers::Exact;
};

// The text is only read during the call: the document owns copies of all it needs.
// Errors: Malformed with `line L column C: ...`, TooLarge for the size limits. An error inside an object names the
// member as a path (`context.amount`), also with Malformed.
[[nodiscard]] base::Result<Document> parse(std::string_view text, const ReadLimits& limits = {});

// A list that is a member of the root object and whose items are left as text, to be parsed one at a time: the trees of
// a hundred thousand items need not stand side by side.
struct LeftList {
  struct Item {
    std::uint32_t begin = 0;  // bytes of the text; white space around the item may be among them
    std::uint32_t end = 0;
  };
  std::string_view key;     // given by the caller
  std::vector<Item> items;  // set by parse_in_place; empty where the member is absent, no list, or an empty one
};

// parse for large texts. Texts and keys without escapes are not copied: they point into `text`, which must stay where
// it is as long as the document. In the document a list of `left` is an empty list; nothing is known of its items but
// where they stand, so that each must go through an ItemReader before the text is called well-formed. `max_values` does
// not count them.
[[nodiscard]] base::Result<Document> parse_in_place(std::string_view text, const ReadLimits& limits,
                                                    std::span<LeftList> left = {});

// Reads the items of such a list one at a time, each into the memory of the one before. Text and list must outlive it.
class ItemReader {
 public:
  ItemReader(std::string_view text, const LeftList& list, const ReadLimits& limits);
  ItemReader(ItemReader&&) noexcept;
  ItemReader& operator=(ItemReader&&) noexcept;
  ~ItemReader();

  // The item, until the next is read. It is held to the same limits; places and offsets are those in the whole text.
  // Errors as parse.
  [[nodiscard]] base::Result<Value> read(std::size_t index);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// `line L column C` of a byte offset, both from 1, columns in code points.
struct Location {
  std::size_t line = 1;
  std::size_t column = 1;
};
[[nodiscard]] Location locate(std::string_view text, std::size_t offset) noexcept;
[[nodiscard]] std::string to_string(const Location& location);

}  // namespace guardian::json
