#include "guardian/policy/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "guardian/json/reader.h"
#include "guardian/policy/place.h"
#include "guardian/policy/yaml_scalar.h"

namespace guardian::policy {

namespace {

using json::Value;

// libyaml counts characters, values carry bytes: the byte offset of every 64th character, and a short walk from there.
class CharacterOffsets {
 public:
  explicit CharacterOffsets(std::string_view text) : text_(text) {
    std::size_t characters = 0;
    for (std::size_t byte = 0; byte < text.size(); ++byte) {
      if (starts_character(byte) && characters++ % kStride == 0) marks_.push_back(static_cast<std::uint32_t>(byte));
    }
  }

  [[nodiscard]] std::uint32_t byte_of(std::size_t character) const noexcept {
    const auto end = static_cast<std::uint32_t>(text_.size());
    if (character / kStride >= marks_.size()) return end;
    std::size_t byte = marks_[character / kStride];
    for (std::size_t left = character % kStride; left > 0 && byte < text_.size(); --left) {
      do {
        ++byte;
      } while (byte < text_.size() && !starts_character(byte));
    }
    return static_cast<std::uint32_t>(byte);
  }

 private:
  static constexpr std::size_t kStride = 64;
  [[nodiscard]] bool starts_character(std::size_t byte) const noexcept {
    return (static_cast<unsigned char>(text_[byte]) & 0xC0U) != 0x80U;
  }
  std::string_view text_;
  std::vector<std::uint32_t> marks_;
};

// libyaml breaks lines where YAML 1.1 did. What a reviewer sees as one comment could hold a rule below it, so that
// these characters may stand in a file as escapes only.
base::Status check_characters(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kRefused = {{
      {"\xC2\x85", "U+0085 (write \"\\N\")"},
      {"\xE2\x80\xA8", "U+2028 (write \"\\L\")"},
      {"\xE2\x80\xA9", "U+2029 (write \"\\P\")"},
      {"\xEF\xBB\xBF", "a byte-order mark"},
  }};
  const auto refuse = [&](std::size_t offset, std::string_view what) {
    return base::Error(base::ErrorCode::Malformed,
                       json::to_string(json::locate(text, offset)) + ": " + std::string(what) + " is not taken");
  };
  for (const auto& [bytes, name] : kRefused) {
    const std::size_t found = text.find(bytes);
    if (found != std::string_view::npos) return refuse(found, name);
  }
  for (std::size_t found = text.find('\r'); found != std::string_view::npos; found = text.find('\r', found + 1)) {
    if (text.substr(found + 1, 1) != "\n") return refuse(found, "a carriage return without a line feed");
  }
  return {};
}

// A finished node with what it costs once aliases are expanded.
struct Node {
  Value value;
  std::size_t nodes = 1;
  std::size_t bytes = 0;  // of text in it
  std::size_t depth = 0;  // of collections in it, itself included
};

// A list or map that is still open.
struct Frame {
  bool is_map = false;
  std::uint32_t offset = 0;
  std::string anchor;
  std::vector<Value> items;
  std::vector<json::Member> members;
  std::optional<std::string_view> key;
  std::uint32_t key_offset = 0;
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  std::size_t depth = 1;
};

struct EventDeleter {
  void operator()(yaml_event_t* event) const noexcept {
    yaml_event_delete(event);
    delete event;
  }
};
using Event = std::unique_ptr<yaml_event_t, EventDeleter>;

std::string_view view(const yaml_char_t* text) noexcept {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

class YamlReader {
 public:
  YamlReader(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits), offsets_(text) {
    GUARDIAN_ASSERT(yaml_parser_initialize(&parser_) == 1);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    // libyaml asserts that there is a pointer, even to nothing.
    const char* start = text.empty() ? "" : text.data();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(start), text.size());
  }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader() { yaml_parser_delete(&parser_); }

  base::Result<json::Document> read() {
    bool ended = false;
    while (!ended) {
      GUARDIAN_ASSIGN(auto event, next());
      GUARDIAN_TRY(take(*event));
      ended = event->type == YAML_STREAM_END_EVENT;
    }
    if (documents_ == 0) return error(0, "there is no document");
    return std::move(document_);
  }

 private:
  base::Error error(std::size_t offset, std::string_view message,
                    base::ErrorCode code = base::ErrorCode::Malformed) const {
    return {code, json::to_string(json::locate(text_, offset)) + ": " + std::string(message)};
  }

  base::Result<Event> next() {
    auto raw = std::make_unique<yaml_event_t>();
    if (yaml_parser_parse(&parser_, raw.get()) != 1) return parser_error();
    return Event(raw.release());
  }

  base::Error parser_error() const {
    const std::string problem = parser_.problem == nullptr ? "malformed YAML" : parser_.problem;
    if (parser_.error == YAML_READER_ERROR) return error(std::min(parser_.problem_offset, text_.size()), problem);
    std::string message = problem;
    if (parser_.context != nullptr) message = std::string(parser_.context) + ": " + problem;
    return error(offsets_.byte_of(parser_.problem_mark.index), message);
  }

  base::Status take(const yaml_event_t& event) {
    const std::uint32_t offset = offsets_.byte_of(event.start_mark.index);
    switch (event.type) {
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
      case YAML_DOCUMENT_END_EVENT:
        return {};
      case YAML_DOCUMENT_START_EVENT:
        return begin_document(event, offset);
      case YAML_ALIAS_EVENT:
        return take_alias(event, offset);
      case YAML_SCALAR_EVENT:
        return take_scalar(event, offset);
      case YAML_SEQUENCE_START_EVENT:
        if (!is_list_tag(view(event.data.sequence_start.tag))) return bad_tag(offset, event.data.sequence_start.tag);
        return open(false, view(event.data.sequence_start.anchor), offset);
      case YAML_MAPPING_START_EVENT:
        if (!is_map_tag(view(event.data.mapping_start.tag))) return bad_tag(offset, event.data.mapping_start.tag);
        return open(true, view(event.data.mapping_start.anchor), offset);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close();
    }
    return {};
  }

  base::Error bad_tag(std::uint32_t offset, const yaml_char_t* tag) const {
    return error(offset, "the tag " + quoted(view(tag)) + " is not of the core schema for this node");
  }

  base::Status begin_document(const yaml_event_t& event, std::uint32_t offset) {
    const auto* version = event.data.document_start.version_directive;
    if (version != nullptr && (version->major != 1 || version->minor != 2)) {
      return error(offset, "only YAML 1.2 is read");
    }
    if (++documents_ > 1) return error(offset, "more than one document");
    return {};
  }

  base::Status take_alias(const yaml_event_t& event, std::uint32_t offset) {
    const auto found = anchors_.find(view(event.data.alias.anchor));
    if (found == anchors_.end()) return error(offset, "alias of an anchor that is not set here");
    return add(found->second, offset);
  }

  base::Status take_scalar(const yaml_event_t& event, std::uint32_t offset) {
    const auto& scalar = event.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const bool is_key = !frames_.empty() && frames_.back().is_map && !frames_.back().key;
    if (is_key && plain && text == "<<") return error(offset, "merge keys are not allowed");
    auto value = resolve_scalar(text, view(scalar.tag), plain);
    if (!value.ok()) return error(offset, value.error().message());
    if (value->is_text()) value = document_.add_text(text);
    Node node;
    node.value = value->at_offset(offset);
    return finish(std::move(node), view(scalar.anchor), offset);
  }

  base::Status open(bool is_map, std::string_view anchor, std::uint32_t offset) {
    if (frames_.size() >= limits_.max_depth) return too_deep(offset);
    if (!frames_.empty() && frames_.back().is_map && !frames_.back().key) {
      return error(offset, "a key must be text");
    }
    // An alias inside the node must not find an older anchor of the same name either.
    if (!anchor.empty()) {
      if (const auto old = anchors_.find(anchor); old != anchors_.end()) anchors_.erase(old);
    }
    Frame frame;
    frame.is_map = is_map;
    frame.offset = offset;
    frame.anchor = anchor;
    frames_.push_back(std::move(frame));
    return {};
  }

  base::Error too_deep(std::uint32_t offset) const {
    return error(offset, "nested deeper than " + std::to_string(limits_.max_depth), base::ErrorCode::TooLarge);
  }

  base::Status close() {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    Node node;
    node.nodes = frame.nodes;
    node.bytes = frame.bytes;
    node.depth = frame.depth;
    if (frame.is_map) {
      GUARDIAN_TRY(check_keys(frame.members));
      node.value = document_.add_object(frame.members).at_offset(frame.offset);
    } else {
      node.value = document_.add_list(frame.items).at_offset(frame.offset);
    }
    return finish(std::move(node), frame.anchor, frame.offset);
  }

  base::Status check_keys(const std::vector<json::Member>& members) const {
    std::vector<const json::Member*> sorted;
    for (const auto& member : members) sorted.push_back(&member);
    std::ranges::stable_sort(sorted, {}, &json::Member::key);
    const auto twin = std::ranges::adjacent_find(sorted, {}, &json::Member::key);
    if (twin == sorted.end()) return {};
    const json::Member& second = **std::next(twin);
    return error(second.key_offset, "the key " + quoted(second.key) + " is there twice");
  }

  base::Status finish(Node node, std::string_view anchor, std::uint32_t offset) {
    if (!anchor.empty()) anchors_.insert_or_assign(std::string(anchor), node);
    return add(node, offset);
  }

  // Hands a node to what it stands in. `offset` is where it stands, which for an alias is not where its value is.
  base::Status add(const Node& node, std::uint32_t offset) {
    const std::size_t nodes = node.nodes + (frames_.empty() ? 0 : frames_.back().nodes);
    if (nodes > limits_.max_nodes) {
      return error(offset, "more than " + std::to_string(limits_.max_nodes) + " nodes after aliases are expanded",
                   base::ErrorCode::TooLarge);
    }
    const std::size_t own_bytes = node.value.is_text() ? node.value.as_text().size() : node.bytes;
    const std::size_t bytes = own_bytes + (frames_.empty() ? 0 : frames_.back().bytes);
    if (bytes > limits_.max_bytes) {
      return error(offset, "more than " + std::to_string(limits_.max_bytes) + " bytes after aliases are expanded",
                   base::ErrorCode::TooLarge);
    }
    if (frames_.size() + node.depth > limits_.max_depth) return too_deep(offset);
    if (frames_.empty()) {
      document_.set_root(node.value);
      return {};
    }
    Frame& frame = frames_.back();
    frame.nodes = nodes;
    frame.bytes = bytes;
    frame.depth = std::max(frame.depth, node.depth + 1);
    if (!frame.is_map) {
      frame.items.push_back(node.value);
    } else if (!frame.key) {
      if (!node.value.is_text()) return error(offset, "a key must be text (quote it)");
      frame.key = node.value.as_text();
      frame.key_offset = offset;
    } else {
      frame.members.push_back({*frame.key, node.value, frame.key_offset});
      frame.key.reset();
    }
    return {};
  }

  std::string_view text_;
  const YamlLimits& limits_;
  CharacterOffsets offsets_;
  yaml_parser_t parser_{};
  json::Document document_;
  std::vector<Frame> frames_;
  std::map<std::string, Node, std::less<>> anchors_;
  std::size_t documents_ = 0;
};

}  // namespace

base::Result<json::Document> parse_yaml(std::string_view text, const YamlLimits& limits) {
  if (text.size() > std::min<std::size_t>(limits.max_bytes, std::numeric_limits<std::uint32_t>::max())) {
    return base::Error(base::ErrorCode::TooLarge, "longer than " + std::to_string(limits.max_bytes) + " bytes");
  }
  GUARDIAN_TRY(check_characters(text));
  return YamlReader(text, limits).read();
}

}  // namespace guardian::policy
