// Grows a Document from a stream of parse events, with what a stream parser does not look at: depth, the number of
// values, duplicate keys, integers that must stay exact, and the path of the member at hand. Called by the reader; one
// thread, one document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/error.h"
#include "guardian/json/document.h"
#include "guardian/json/reader.h"

namespace guardian::json {

class Builder {
 public:
  struct Failure {
    base::ErrorCode code;
    std::size_t offset;
    std::string message;
  };

  // `outer_depth` levels stand around the document; they count against the limit.
  explicit Builder(const ReadLimits& limits, std::size_t outer_depth = 0);

  // Each returns false after a failure, which failure() then holds. Events must nest as JSON does (asserted).
  // Characters are copied, but where they are lent: those outlive the document.
  bool begin(Kind list_or_object, std::size_t offset);
  bool end();
  bool key(std::string_view name, std::size_t offset);
  bool key_lent(std::string_view name, std::size_t offset);
  bool text(std::string_view characters, std::size_t offset);
  bool text_lent(std::string_view characters, std::size_t offset);
  // `literal` is a number in JSON's grammar.
  bool number(std::string_view literal, std::size_t offset);
  // null, true or false.
  bool literal(const Value& value, std::size_t offset);
  // Records a failure found by the caller; always false.
  bool fail(base::ErrorCode code, std::size_t offset, std::string message);

  [[nodiscard]] const std::optional<Failure>& failure() const noexcept { return failure_; }
  // Where the stream is: `context.items[3].amount`; empty at the root. Odd keys are quoted, long ones cut.
  [[nodiscard]] std::string path() const;
  // The document; call once, after the root has been closed.
  [[nodiscard]] Document take() &&;
  // Its root instead, for as long as the builder is neither used again nor destroyed.
  [[nodiscard]] const Value& root() const noexcept { return document_.root(); }
  // Begins another document with the memory of this one.
  void clear() noexcept;

 private:
  struct Frame {
    bool is_object = false;
    bool has_key = false;
    std::uint32_t offset = 0;
    std::uint32_t key_offset = 0;
    std::size_t first = 0;  // in items_ or members_
    std::string_view key;
  };

  bool add(Value value, std::size_t offset);

  ReadLimits limits_;
  std::size_t outer_depth_;
  Document document_;
  std::size_t value_count_ = 0;
  std::vector<Frame> frames_;
  std::vector<Value> items_;     // of all open lists, outermost first
  std::vector<Member> members_;  // of all open objects, outermost first
  std::optional<Failure> failure_;
};

}  // namespace guardian::json
