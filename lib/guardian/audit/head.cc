#include "guardian/audit/head.h"

#include "guardian/base/file_system.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

constexpr std::size_t kHeadBytes = 384;  // within one sector of any disk
constexpr std::uint64_t kMaxSeq = std::uint64_t{1} << 53U;

std::optional<std::string> hash_of(const json::Value& value) {
  if (!value.is_text() || value.as_text().size() != kNoHash.size()) return std::nullopt;
  return std::string(value.as_text());
}

std::optional<std::uint64_t> seq_of(const json::Value& value) {
  const auto seq = value.as_unsigned();
  return seq && *seq <= kMaxSeq ? seq : std::nullopt;
}

}  // namespace

std::string write_head(const Head& head) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("first").begin_object().key("seq").unsigned_integer(head.first_seq).member("prev", head.first_prev);
  out.end_object().key("last").begin_object().key("seq").unsigned_integer(head.last_seq);
  out.member("hash", head.last_hash).end_object().key("forwarded").unsigned_integer(head.forwarded);
  out.key("told").unsigned_integer(head.told).key("unwritten").unsigned_integer(head.unwritten).end_object();
  text.resize(kHeadBytes - 1, ' ');
  return text += '\n';
}

std::optional<Head> parse_head(std::string_view text) {
  if (text.size() != kHeadBytes) return std::nullopt;
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->root().is_object()) return std::nullopt;
  const json::Value* const first = parsed->root().find("first");
  const json::Value* const last = parsed->root().find("last");
  const json::Value* const forwarded = parsed->root().find("forwarded");
  if (first == nullptr || !first->is_object() || last == nullptr || !last->is_object() || forwarded == nullptr) {
    return std::nullopt;
  }
  const auto member = [](const json::Value& object, std::string_view name) {
    const json::Value* const found = object.find(name);
    return found == nullptr ? json::Value() : *found;
  };
  const auto first_seq = seq_of(member(*first, "seq"));
  auto first_prev = hash_of(member(*first, "prev"));
  const auto last_seq = seq_of(member(*last, "seq"));
  auto last_hash = hash_of(member(*last, "hash"));
  const auto sent = seq_of(*forwarded);
  if (!first_seq || *first_seq == 0 || !first_prev || !last_seq || !last_hash || !sent) return std::nullopt;
  // Of other writers these two may be missing.
  const std::uint64_t told = seq_of(member(parsed->root(), "told")).value_or(0);
  const std::uint64_t unwritten = seq_of(member(parsed->root(), "unwritten")).value_or(0);
  return Head{*first_seq, std::move(*first_prev), *last_seq, std::move(*last_hash), *sent, told, unwritten};
}

std::string head_path(const std::string& directory) { return directory + "/head.json"; }

base::Result<std::optional<Head>> load_head(const std::string& directory) {
  base::SystemFileSystem files;
  const auto text = files.read_file(head_path(directory), kHeadBytes);
  if (text.ok()) return parse_head(*text);
  const bool damaged =
      text.error().code() == base::ErrorCode::NotFound || text.error().code() == base::ErrorCode::TooLarge;
  if (damaged) return std::optional<Head>();
  return text.error();
}

}  // namespace guardian::audit
