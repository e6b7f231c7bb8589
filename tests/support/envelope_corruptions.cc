// What is no envelope, or one whose parts are not what section 1 of bundle.md asks for.
#include <string>
#include <utility>

#include "guardian/bundle/trust_root.h"
#include "guardian/crypto/base64.h"
#include "tests/support/corruptions.h"

namespace guardian::test {

namespace {

using base::ErrorCode;

class EnvelopeTable {
 public:
  explicit EnvelopeTable(const CorruptionKeys& keys)
      : keys_(keys),
        // The length is a multiple of three, so that every change of the padding is one too many.
        payload_(padded(BundleBuilder().payload())),
        good_(sign_payload(payload_, {&keys.ed25519})),
        base64_(crypto::base64_encode(payload_)),
        signature_(crypto::base64_encode(
            keys.ed25519.sign(crypto::pre_authentication_encoding(bundle::kPayloadType, payload_)))) {}

  void add(std::string name, std::string bytes, ErrorCode code = ErrorCode::Malformed) {
    corruptions_.push_back({std::move(name), std::move(bytes), code, RefusedBy::All, Trusted::OneOfThree});
  }
  void change(std::string name, std::string_view from, std::string_view to, ErrorCode code = ErrorCode::Malformed) {
    add(std::move(name), replaced(good_, from, to), code);
  }
  // A member more, in front of all.
  void more(std::string name, std::string_view member, ErrorCode code = ErrorCode::Malformed) {
    change(std::move(name), "{", "{" + std::string(member) + ",", code);
  }
  void signatures(std::string name, std::string_view list, ErrorCode code = ErrorCode::Malformed) {
    const std::size_t at = good_.find("\"signatures\":") + std::string_view("\"signatures\":").size();
    add(std::move(name), good_.substr(0, at) + std::string(list) + "}", code);
  }
  // One signature with these members.
  void signature(std::string name, std::string_view members) {
    signatures(std::move(name), "[{" + std::string(members) + "}]");
  }
  void payload(std::string name, std::string_view base64) { change(std::move(name), base64_, base64); }

  void whole();
  void members();
  void texts_in_base64();
  void types();
  void limits();

  [[nodiscard]] std::vector<Corruption> take() { return std::move(corruptions_); }

 private:
  static std::string padded(std::string payload) {
    while (payload.size() % 3 != 0) payload += ' ';
    return payload;
  }
  [[nodiscard]] std::string sig() const { return R"("sig":")" + signature_ + "\""; }

  const CorruptionKeys& keys_;
  std::string payload_;
  std::string good_;
  std::string base64_;
  std::string signature_;
  std::vector<Corruption> corruptions_;
};

void EnvelopeTable::whole() {
  add("envelope empty", "");
  add("envelope white space", " \n");
  add("envelope no JSON", "bundle");
  add("envelope null", "null");
  add("envelope a list", "[" + good_ + "]");
  add("envelope a text", "\"" + base64_ + "\"");
  add("envelope the bare payload", payload_);
  add("envelope truncated", good_.substr(0, good_.size() / 2));
  add("envelope without its last brace", good_.substr(0, good_.rfind('}')));
  add("envelope with a byte-order mark", "\xEF\xBB\xBF" + good_);
  std::string utf16 = "\xFF\xFE";
  for (const char c : good_) utf16.append({c, '\0'});
  add("envelope in UTF-16", utf16);
  more("envelope with invalid UTF-8", "\"x\":\"\xC3\x28\"");
  more("envelope with a lone surrogate", R"("x":"\ud800")");
  add("bytes after the envelope", good_ + "x");
  add("another object after the envelope", good_ + "{}");
  add("another envelope after the envelope", good_ + good_);
  add("a nul after the envelope", good_ + std::string(1, '\0'));
  more("envelope with a comment", "/* */\"x\":1");
  change("envelope with a trailing comma", "]}", "],}");
}

void EnvelopeTable::members() {
  more("envelope with a duplicate payload", R"("payload":"e30=")");
  more("envelope with a duplicate payloadType", R"("payloadType":"t")");
  more("envelope with duplicate signatures", R"("signatures":[])");
  more("envelope with a duplicate spelt with an escape", R"("p\u0061yload":"e30=")");
  more("envelope with a duplicate in an unknown member", R"("x":{"a":1,"a":2})");
  signature("signature with a duplicate sig", R"("sig":"AAAA",)" + sig());
  signature("signature with a duplicate keyid", R"("keyid":"a","keyid":"b",)" + sig());
  change("no payload", "\"payload\"", "\"payloads\"");
  change("no payload type", "payloadType", "payloadtype");
  change("no signatures", "\"signatures\"", "\"signature\"");
  change("payload a number", "\"" + base64_ + "\"", "1");
  change("payload an object", "\"" + base64_ + "\"", payload_);
  change("payload null", "\"" + base64_ + "\"", "null");
  change("payload type a number", "\"" + std::string(bundle::kPayloadType) + "\"", "1");
  change("payload type null", "\"" + std::string(bundle::kPayloadType) + "\"", "null");
  signatures("signatures empty", "[]");
  signatures("signatures null", "null");
  signatures("signatures an object", "{}");
  signatures("signatures a text", "\"" + signature_ + "\"");
  signatures("signatures of texts", "[\"" + signature_ + "\"]");
  signature("signature without sig", R"("keyid":")" + keys_.ed25519.public_key().thumbprint() + "\"");
  signature("sig a number", R"("sig":1)");
  signature("sig null", R"("sig":null)");
  for (const std::string_view json : {"1", "null", "true", "[]", "{}"}) {
    signature("keyid " + std::string(json), R"("keyid":)" + std::string(json) + "," + sig());
  }
}

void EnvelopeTable::texts_in_base64() {
  payload("payload with a line end", base64_ + "\\n");
  payload("payload with a space inside", base64_.substr(0, 40) + " " + base64_.substr(40));
  payload("payload cut inside base64", base64_.substr(0, 41));
  payload("payload with padding that is too much", base64_ + "=");
  payload("payload with padding of four", base64_ + "====");
  payload("payload with padding inside", base64_.substr(0, 42) + "==" + base64_.substr(44));
  payload("payload with half its padding", crypto::base64_encode(payload_ + " ").substr(0, base64_.size() + 3));
  payload("payload with text after its padding", crypto::base64_encode(payload_ + " ") + "AAAA");
  payload("payload with stray bits", base64_ + "IB==");
  payload("payload of mixed alphabets", base64_ + "+_++");
  payload("payload of mixed alphabets, the other first", base64_ + "-/--");
  payload("payload with a character of no alphabet", base64_ + "AA*A");
  const auto text_of_sig = [this](std::string name, const std::string& text) {
    signature(std::move(name), R"("sig":")" + text + "\"");
  };
  text_of_sig("sig with a line end", signature_ + "\\n");
  text_of_sig("sig with a space in front", " " + signature_);
  text_of_sig("sig of mixed alphabets", "+-" + signature_.substr(2));
  text_of_sig("sig cut inside base64", signature_.substr(0, 81));
  text_of_sig("sig with half its padding", signature_.substr(0, signature_.size() - 1));
  text_of_sig("sig with stray bits", signature_.substr(0, 85) + "B==");
}

void EnvelopeTable::types() {
  change("another payload type", "bundle.v1", "bundle.v2", ErrorCode::SchemaInvalid);
  change("payload type in another case", "application/vnd", "Application/vnd", ErrorCode::SchemaInvalid);
  change("payload type with a parameter", "v1+json", "v1+json; charset=utf-8", ErrorCode::SchemaInvalid);
  change("payload type empty", bundle::kPayloadType, "", ErrorCode::SchemaInvalid);
  add("payload type application/json, signed", sign_payload(payload_, {&keys_.ed25519}, "application/json"),
      ErrorCode::SchemaInvalid);
  add("a trust root", root_bytes({&keys_.ed25519}), ErrorCode::SchemaInvalid);
  add("a trust root's content under a bundle's type",
      sign_payload(R"({"schema":"meshguard.trust/v1"})", {&keys_.ed25519}), ErrorCode::SchemaInvalid);
  add("a bundle's content under a trust root's type", sign_payload(payload_, {&keys_.ed25519}, bundle::kTrustRootType),
      ErrorCode::SchemaInvalid);
}

void EnvelopeTable::limits() {
  more("envelope nested deeper than 64", R"("x":)" + nested_lists(64), ErrorCode::TooLarge);
  signatures("signature nested deeper than 64", R"([{"x":)" + nested_lists(62) + "," + sig() + "}]",
             ErrorCode::TooLarge);
  add("envelope that never closes", std::string(100'000, '['), ErrorCode::TooLarge);
  std::string list = "{" + sig() + "}";
  for (int i = 1; i < 65; ++i) list += ",{" + sig() + "}";
  signatures("65 signatures", "[" + list + "]", ErrorCode::TooLarge);
  add("envelope larger than MAX_BUNDLE_BYTES", good_ + std::string(kCorruptionMaxBytes + 1 - good_.size(), ' '),
      ErrorCode::TooLarge);
}

}  // namespace

std::vector<Corruption> envelope_corruptions(const CorruptionKeys& keys) {
  EnvelopeTable table(keys);
  table.whole();
  table.members();
  table.texts_in_base64();
  table.types();
  table.limits();
  return table.take();
}

}  // namespace guardian::test
