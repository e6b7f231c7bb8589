// Well-formed envelopes of a good payload whose signatures do not carry it (section 1 of bundle.md).
#include <string>
#include <utility>

#include "guardian/bundle/trust_root.h"
#include "guardian/crypto/base64.h"
#include "guardian/crypto/dsse.h"
#include "tests/support/corruptions.h"

namespace guardian::test {

namespace {

using base::ErrorCode;

// The order of the Ed25519 group is added to the second half: without the rule of RFC 8032 5.1.7 it would verify.
std::string with_order_added(std::string signature) {
  constexpr std::string_view kOrder{
      "\xED\xD3\xF5\x5C\x1A\x63\x12\x58\xD6\x9C\xF7\xA2\xDE\xF9\xDE\x14"
      "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10",
      32};
  unsigned carry = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    carry +=
        static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned>(static_cast<unsigned char>(kOrder[i]));
    signature[32 + i] = static_cast<char>(carry & 0xFFU);
    carry >>= 8U;
  }
  return signature;
}

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

class SignatureTable {
 public:
  explicit SignatureTable(const CorruptionKeys& keys)
      : keys_(keys),
        payload_(BundleBuilder().payload()),
        message_(crypto::pre_authentication_encoding(bundle::kPayloadType, payload_)) {}

  void over_other_bytes();
  void ed25519();
  void p256();
  void rsa();
  void nameless();
  void two_of_two();

  [[nodiscard]] std::vector<Corruption> take() { return std::move(corruptions_); }

 private:
  using Signatures = std::vector<crypto::EnvelopeSignature>;

  void add(std::string name, Signatures signatures, ErrorCode code, Trusted trusted = Trusted::OneOfThree) {
    crypto::Envelope envelope{std::string(bundle::kPayloadType), payload_, std::move(signatures)};
    corruptions_.push_back({std::move(name), crypto::write_envelope(envelope), code, RefusedBy::All, trusted});
  }
  // One signature that names the trusted `key`.
  void named(std::string name, const crypto::PrivateKey& key, std::string signature) {
    add(std::move(name), {{key.public_key().thumbprint(), std::move(signature)}}, ErrorCode::SignatureInvalid);
  }
  [[nodiscard]] crypto::EnvelopeSignature by(const crypto::PrivateKey& key) const {
    return {key.public_key().thumbprint(), key.sign(message_)};
  }

  const CorruptionKeys& keys_;
  std::string payload_;
  std::string message_;
  std::vector<Corruption> corruptions_;
};

void SignatureTable::over_other_bytes() {
  const crypto::PrivateKey& key = keys_.ed25519;
  const auto over = [&](std::string name, std::string_view type, std::string_view payload) {
    named(std::move(name), key, key.sign(crypto::pre_authentication_encoding(type, payload)));
  };
  over("signature over another payload", bundle::kPayloadType, "{}");
  over("signature over another type", bundle::kTrustRootType, payload_);
  over("signature over no type", "", payload_);
  over("signature over the base64 text", bundle::kPayloadType, crypto::base64_encode(payload_));
  over("signature over a payload with a byte more", bundle::kPayloadType, payload_ + "\n");
  named("signature over the bare payload", key, key.sign(payload_));
  named("signature over an encoding without its lengths", key,
        key.sign("DSSEv1 " + std::string(bundle::kPayloadType) + " " + payload_));
  named("signature over an encoding of another version", key, key.sign(replaced(message_, "DSSEv1", "DSSEv2")));
  const std::string good = crypto::write_envelope({std::string(bundle::kPayloadType), payload_, {by(key)}});
  const auto change = [&](std::string name, const std::string& payload) {
    corruptions_.push_back({std::move(name),
                            replaced(good, crypto::base64_encode(payload_), crypto::base64_encode(payload)),
                            ErrorCode::SignatureInvalid, RefusedBy::All, Trusted::OneOfThree});
  };
  change("another payload", "{}");
  change("payload empty", "");
  change("payload with a flipped bit", flipped(payload_, payload_.size() / 2));
  change("payload with a space more", payload_ + " ");
}

void SignatureTable::ed25519() {
  const crypto::PrivateKey& key = keys_.ed25519;
  const std::string good = key.sign(message_);
  named("signature of another key under a trusted name", key, keys_.stranger.sign(message_));
  named("P-256 signature under the name of an Ed25519 key", key, keys_.p256.sign(message_));
  named("RSA signature under the name of an Ed25519 key", key, keys_.rsa.sign(message_));
  named("empty signature", key, "");
  named("signature of zeros", key, std::string(64, '\0'));
  named("signature with a flipped bit", key, flipped(good, 40));
  named("signature short by a byte", key, good.substr(0, 63));
  named("signature long by a byte", key, good + '\0');
  named("signature twice in one", key, good + good);
  named("signature with the order of the group added", key, with_order_added(good));
}

void SignatureTable::p256() {
  const crypto::PrivateKey& key = keys_.p256;
  const std::string good = key.sign(message_);
  const std::string der = der_signature(good);
  named("Ed25519 signature under the name of a P-256 key", key, keys_.ed25519.sign(message_));
  named("P-256 signature short by a byte", key, good.substr(0, 63));
  named("P-256 signature long by a byte", key, good + '\0');
  named("P-256 signature of zeros", key, std::string(64, '\0'));
  named("P-256 signature with its halves swapped", key, good.substr(32) + good.substr(0, 32));
  named("P-256 signature with a flipped bit", key, flipped(good, 0));
  named("DER signature cut", key, der.substr(0, der.size() - 1));
  named("DER signature with a byte after it", key, der + '\0');
  named("DER signature with a flipped bit", key, flipped(der, der.size() - 1));
  // A length of one byte in the form for longer ones: BER, not DER.
  named("DER signature with a length in the long form", key, "\x30\x81" + der.substr(1));
  named("DER signature of nothing", key, std::string("\x30\x00", 2));
}

void SignatureTable::rsa() {
  const crypto::PrivateKey& key = keys_.rsa;
  const std::string good = key.sign(message_);
  named("RSA signature short by a byte", key, good.substr(0, good.size() - 1));
  named("RSA signature long by a byte", key, good + '\0');
  named("RSA signature with a zero in front", key, '\0' + good);
  named("RSA signature with a flipped bit", key, flipped(good, good.size() / 2));
  named("RSA signature of zeros", key, std::string(good.size(), '\0'));
  named("RSA signature of ones", key, std::string(good.size(), '\xFF'));
}

void SignatureTable::nameless() {
  const std::string good = keys_.ed25519.sign(message_);
  const auto none = [&](std::string name, Signatures signatures) {
    add(std::move(name), std::move(signatures), ErrorCode::ThresholdNotMet);
  };
  none("a stranger's signature alone", {by(keys_.stranger)});
  none("a stranger's signature without a name", {{"", keys_.stranger.sign(message_)}});
  none("a signature without a name and with a flipped bit", {{"", flipped(good, 3)}});
  none("a signature of an unknown name and with a flipped bit", {{"key-1", flipped(good, 3)}});
  none("an empty signature without a name", {{"", ""}});
  none("many signatures by strangers", Signatures(64, by(keys_.stranger)));
  add("good signature beside a bad one of a trusted key",
      {{"", good}, {keys_.ed25519.public_key().thumbprint(), std::string(3, '\0')}}, ErrorCode::SignatureInvalid);
  add("good signature beside a bad one of another trusted key",
      {by(keys_.ed25519), {keys_.p256.public_key().thumbprint(), good}}, ErrorCode::SignatureInvalid);
}

void SignatureTable::two_of_two() {
  const auto two = [&](std::string name, Signatures signatures, ErrorCode code = ErrorCode::ThresholdNotMet) {
    add(std::move(name), std::move(signatures), code, Trusted::TwoOfTwo);
  };
  const crypto::EnvelopeSignature first = by(keys_.ed25519);
  const crypto::EnvelopeSignature second = by(keys_.p256);
  two("one of two", {first});
  two("the other of two", {second});
  two("one of two twice", {first, first});
  two("one of two, once without a name", {first, {"", first.signature}});
  two("one of two, once under an unknown name", {first, {"key-2", first.signature}});
  two("one of two, raw and as DER", {second, {second.key_id_untrusted, der_signature(second.signature)}});
  two("one of two with two signatures that differ", {second, by(keys_.p256)});
  two("one of two in all places", Signatures(64, first));
  two("one of two and a stranger", {first, by(keys_.stranger)});
  two("one of two and a key that only another root trusts", {first, by(keys_.rsa)});
  two("one of two and a bad one without a name", {first, {"", flipped(second.signature, 5)}});
  two("one of two and a bad one of the other", {first, {second.key_id_untrusted, flipped(second.signature, 5)}},
      ErrorCode::SignatureInvalid);
  two("two of two under each other's names",
      {{second.key_id_untrusted, first.signature}, {first.key_id_untrusted, second.signature}},
      ErrorCode::SignatureInvalid);
}

}  // namespace

std::string der_signature(std::string_view raw) {
  const auto integer = [](std::string_view number) {
    while (number.size() > 1 && number.front() == '\0') number.remove_prefix(1);
    const bool looks_negative = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
    const std::string bytes = (looks_negative ? std::string(1, '\0') : std::string()).append(number);
    return "\x02" + std::string(1, static_cast<char>(bytes.size())) + bytes;
  };
  const std::string numbers = integer(raw.substr(0, 32)) + integer(raw.substr(32));
  return "\x30" + std::string(1, static_cast<char>(numbers.size())) + numbers;
}

std::vector<Corruption> signature_corruptions(const CorruptionKeys& keys) {
  SignatureTable table(keys);
  table.over_other_bytes();
  table.ed25519();
  table.p256();
  table.rsa();
  table.nameless();
  table.two_of_two();
  return table.take();
}

}  // namespace guardian::test
