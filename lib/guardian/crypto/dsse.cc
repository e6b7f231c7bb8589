#include "guardian/crypto/dsse.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/crypto/base64.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::crypto {

namespace {

constexpr std::size_t kMaxEnvelopeDepth = 64;
// Unknown members are ignored, but must not make a small envelope a large tree.
constexpr std::size_t kMaxEnvelopeValues = std::size_t{1} << 16;

base::Error malformed(std::string_view member, std::string_view why) {
  return {base::ErrorCode::Malformed, "`" + std::string(member) + "`: " + std::string(why)};
}

base::Result<std::string_view> text_member(const json::Value& object, std::string_view name) {
  const json::Value* const member = object.find(name);
  if (member == nullptr) return malformed(name, "missing");
  if (!member->is_text()) return malformed(name, "not a text");
  return member->as_text();
}

base::Result<std::string> bytes_member(const json::Value& object, std::string_view name) {
  GUARDIAN_ASSIGN(const std::string_view text, text_member(object, name));
  auto bytes = base64_decode(text);
  if (!bytes) return std::move(bytes).error().within("`" + std::string(name) + "`");
  return bytes;
}

base::Result<EnvelopeSignature> read_signature(const json::Value& value) {
  if (!value.is_object()) return base::Error(base::ErrorCode::Malformed, "not an object");
  EnvelopeSignature signature;
  if (value.find("keyid") != nullptr) {
    GUARDIAN_ASSIGN(const std::string_view key_id, text_member(value, "keyid"));
    signature.key_id_untrusted = std::string(key_id);
  }
  GUARDIAN_ASSIGN(signature.signature, bytes_member(value, "sig"));
  return signature;
}

base::Result<std::vector<EnvelopeSignature>> read_signatures(const json::Value& envelope) {
  const json::Value* const list = envelope.find("signatures");
  if (list == nullptr) return malformed("signatures", "missing");
  if (!list->is_list()) return malformed("signatures", "not a list");
  if (list->as_list().empty()) return malformed("signatures", "empty");
  if (list->as_list().size() > kMaxSignatures) {
    return base::Error(base::ErrorCode::TooLarge, "`signatures`: more than 64");
  }
  std::vector<EnvelopeSignature> signatures;
  for (const json::Value& item : list->as_list()) {
    auto signature = read_signature(item);
    if (!signature) {
      return std::move(signature).error().within("`signatures[" + std::to_string(signatures.size()) + "]`");
    }
    signatures.push_back(std::move(signature).value());
  }
  return signatures;
}

bool names(const EnvelopeSignature& signature, const PublicKey& key) {
  return !signature.key_id_untrusted.empty() &&
         (signature.key_id_untrusted == key.thumbprint() || signature.key_id_untrusted == key.kid());
}

// Of two unrelated objects only std::less compares addresses.
bool lies_in(std::string_view whole, std::string_view part) noexcept {
  const std::less_equal<> before;
  return before(whole.data(), part.data()) && before(part.data() + part.size(), whole.data() + whole.size());
}

// `payload_text` becomes the payload as it stands in `bytes`; empty where it was written with escapes.
base::Result<Envelope> read_envelope(std::string_view bytes, std::size_t max_bytes, std::string_view& payload_text) {
  json::ReadLimits limits;
  limits.max_bytes = max_bytes;
  limits.max_depth = kMaxEnvelopeDepth;
  limits.max_values = kMaxEnvelopeValues;
  limits.integers = json::Integers::Unsigned64;
  GUARDIAN_ASSIGN(const json::Document document, json::parse_in_place(bytes, limits));
  const json::Value& root = document.root();
  if (!root.is_object()) return base::Error(base::ErrorCode::Malformed, "an envelope must be an object");
  Envelope envelope;
  GUARDIAN_ASSIGN(const std::string_view payload_type, text_member(root, "payloadType"));
  envelope.payload_type_untrusted = std::string(payload_type);
  GUARDIAN_ASSIGN(const std::string_view written, text_member(root, "payload"));
  payload_text = lies_in(bytes, written) ? written : std::string_view();
  GUARDIAN_ASSIGN(envelope.payload_untrusted, bytes_member(root, "payload"));
  GUARDIAN_ASSIGN(envelope.signatures, read_signatures(root));
  return envelope;
}

}  // namespace

std::string Wrapping::around(std::string_view payload) const {
  if (holds_payload_) return before_;
  std::string text = url_safe_ ? base64url_encode(payload) : base64_encode(payload);
  const std::size_t digits = (payload.size() * 4 + 2) / 3;
  text.resize(padded_ ? (digits + 3) / 4 * 4 : digits, '=');
  std::string bytes;
  bytes.reserve(before_.size() + text.size() + after_.size());
  return bytes.append(before_).append(text).append(after_);
}

base::Result<Envelope> parse_envelope(std::string_view bytes, std::size_t max_bytes) {
  std::string_view ignored;
  return read_envelope(bytes, max_bytes, ignored);
}

base::Result<OpenedEnvelope> open_envelope(std::string bytes, std::size_t max_bytes) {
  std::string_view text;
  GUARDIAN_ASSIGN(Envelope envelope, read_envelope(bytes, max_bytes, text));
  Wrapping wrapping;
  if (text.empty()) {
    wrapping.holds_payload_ = true;
    wrapping.before_ = std::move(bytes);
  } else {
    const auto at = static_cast<std::size_t>(text.data() - bytes.data());
    wrapping.before_ = bytes.substr(0, at);
    wrapping.after_ = bytes.substr(at + text.size());
    wrapping.url_safe_ = is_base64url(text);
    wrapping.padded_ = text.ends_with('=');
  }
  return OpenedEnvelope{std::move(envelope), std::move(wrapping)};
}

std::string write_envelope(const Envelope& envelope) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object()
      .member("payloadType", envelope.payload_type_untrusted)
      .member("payload", base64_encode(envelope.payload_untrusted));
  writer.key("signatures").begin_list();
  for (const EnvelopeSignature& signature : envelope.signatures) {
    writer.begin_object();
    if (!signature.key_id_untrusted.empty()) writer.member("keyid", signature.key_id_untrusted);
    writer.member("sig", base64_encode(signature.signature)).end_object();
  }
  writer.end_list().end_object();
  out += '\n';
  return out;
}

std::string pre_authentication_header(std::string_view payload_type, std::size_t payload_bytes) {
  std::string out = "DSSEv1 ";
  out.append(std::to_string(payload_type.size())).append(" ").append(payload_type).append(" ");
  return out.append(std::to_string(payload_bytes)).append(" ");
}

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  std::string out;
  const std::string header = pre_authentication_header(payload_type, payload.size());
  out.reserve(header.size() + payload.size());
  return out.append(header).append(payload);
}

void sign_envelope(Envelope& envelope, const PrivateKey& key) {
  std::erase_if(envelope.signatures,
                [&](const EnvelopeSignature& signature) { return names(signature, key.public_key()); });
  const std::string message = pre_authentication_encoding(envelope.payload_type_untrusted, envelope.payload_untrusted);
  envelope.signatures.push_back({key.public_key().thumbprint(), key.sign(message)});
}

base::Result<std::vector<std::string>> verify_envelope(const Envelope& envelope, std::span<const PublicKey> trusted,
                                                       std::size_t threshold) {
  GUARDIAN_ASSERT(threshold >= 1);
  const std::string header =
      pre_authentication_header(envelope.payload_type_untrusted, envelope.payload_untrusted.size());
  std::set<std::string> signers;
  // The same signature again need not be tried again.
  std::set<std::pair<const PublicKey*, std::string_view>> verified;
  const auto verifies = [&](const PublicKey& key, const EnvelopeSignature& signature) {
    if (verified.contains({&key, signature.signature})) return true;
    if (!key.verify(header, envelope.payload_untrusted, signature.signature)) return false;
    verified.emplace(&key, signature.signature);
    signers.insert(key.thumbprint());
    return true;
  };
  std::vector<const EnvelopeSignature*> unnamed;
  for (const EnvelopeSignature& signature : envelope.signatures) {
    const PublicKey* named = nullptr;
    bool holds = false;
    for (const PublicKey& key : trusted) {
      if (holds || !names(signature, key)) continue;
      named = named == nullptr ? &key : named;
      holds = verifies(key, signature);
    }
    if (named == nullptr) {
      unnamed.push_back(&signature);
    } else if (!holds) {
      return base::Error(base::ErrorCode::SignatureInvalid, "the signature that names the trusted key `" +
                                                                named->thumbprint() + "` does not verify under it");
    }
  }
  for (const EnvelopeSignature* const signature : unnamed) {
    if (signers.size() >= threshold) break;
    for (const PublicKey& key : trusted) {
      // One more by a key that has signed already would change nothing.
      if (!signers.contains(key.thumbprint()) && verifies(key, *signature)) break;
    }
  }
  if (signers.size() < threshold) {
    return base::Error(
        base::ErrorCode::ThresholdNotMet,
        "signed by " + std::to_string(signers.size()) + " trusted keys, of " + std::to_string(threshold) + " wanted");
  }
  return std::vector<std::string>(signers.begin(), signers.end());
}

}  // namespace guardian::crypto
