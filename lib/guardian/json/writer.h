// JSON out. Writer appends compact JSON to a string in the order it is told, for answers, logs and files whose member
// order is a contract; write() renders a Value; canonical() renders RFC 8785 (JCS), for what is hashed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/json/value.h"

namespace guardian::json {

// Appends to a string it does not own. Commas and colons are its business; nesting must be balanced by the caller.
// Text must be valid UTF-8: control characters, quote and backslash are escaped. One thread.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  // Bytes in the string so far, what was there before included.
  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_list();
  Writer& end_list();
  Writer& key(std::string_view name);

  Writer& null();
  Writer& boolean(bool value);
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  // Shortest text that reads back as the same double (the form of RFC 8785 3.2.2.3). Must be finite (asserted).
  Writer& number(double value);
  Writer& text(std::string_view value);
  Writer& value(const Value& value);
  // Bytes that already are one JSON value.
  Writer& raw(std::string_view json);

  // key(name) followed by the value.
  Writer& member(std::string_view name, std::string_view text_value) { return key(name).text(text_value); }
  Writer& member(std::string_view name, const char* text_value) { return key(name).text(text_value); }
  Writer& member(std::string_view name, const Value& v) { return key(name).value(v); }

 private:
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

// `value` as compact JSON, members in their own order. Always readable again by parse(): doubles past 2^53 are written
// with an exponent.
[[nodiscard]] std::string write(const Value& value);

// `value` as indented JSON (two spaces) with a final newline, for people.
[[nodiscard]] std::string write_pretty(const Value& value);

// RFC 8785 JSON Canonicalization Scheme: members sorted by UTF-16 code units, ECMAScript numbers, minimal escapes. A
// number between 2^53 and 1e21 comes out as an integer that parse() refuses (1e20 as `100000000000000000000`).
[[nodiscard]] std::string canonical(const Value& value);

// Appends `text` quoted and escaped as a JSON string.
void append_quoted(std::string& out, std::string_view text);
// Appends the ECMAScript form of a finite double (RFC 8785 3.2.2.3): `1`, `0.5`, `1e+21`, `-0` as `0`.
void append_number(std::string& out, double value);

}  // namespace guardian::json
