#include "guardian/crypto/key_material.h"

#include <botan/alg_id.h>
#include <botan/ber_dec.h>
#include <botan/bigint.h>
#include <botan/ec_group.h>
#include <botan/ecdsa.h>
#include <botan/ed25519.h>
#include <botan/rsa.h>

#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

#include "guardian/base/check.h"
#include "guardian/crypto/base64.h"
#include "guardian/crypto/bytes.h"
#include "guardian/json/writer.h"

namespace guardian::crypto {

namespace {

constexpr std::size_t kEd25519Bytes = 32;
constexpr std::size_t kP256CoordinateBytes = 32;
constexpr std::size_t kMinRsaBits = 2048;
constexpr std::size_t kMaxRsaBits = 8192;
constexpr std::size_t kMaxRsaExponentBits = 64;
constexpr std::string_view kOidEd25519 = "1.3.101.112";
constexpr std::string_view kOidEc = "1.2.840.10045.2.1";
constexpr std::string_view kOidRsa = "1.2.840.113549.1.1.1";
constexpr std::string_view kDerOidP256 = "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07";
constexpr std::string_view kDerNull{"\x05\x00", 2};

base::Error invalid(std::string_view why) { return {base::ErrorCode::KeyInvalid, std::string(why)}; }

// What Botan throws becomes a KeyInvalid that says `why`; its own text is not for users.
template <typename Make>
base::Result<KeyMaterial> guarded(std::string_view why, Make make) {
  try {
    return make();
  } catch (const std::exception&) {
    return invalid(why);
  }
}

KeyMaterial p256_from_point(const Botan::EC_Group& group, const Botan::PointGFp& point) {
  const std::vector<std::uint8_t> encoded = point.encode(Botan::PointGFp::UNCOMPRESSED);
  const std::string_view coordinates = text_of(encoded).substr(1);
  KeyMaterial material{KeyType::P256, std::make_shared<Botan::ECDSA_PublicKey>(group, point), {}};
  json::Writer(material.jwk)
      .begin_object()
      .member("crv", "P-256")
      .member("kty", "EC")
      .member("x", base64url_encode(coordinates.substr(0, kP256CoordinateBytes)))
      .member("y", base64url_encode(coordinates.substr(kP256CoordinateBytes)))
      .end_object();
  return material;
}

base::Result<KeyMaterial> p256_from_encoded(std::string_view encoded_point) {
  return guarded("not a point of the curve P-256", [&]() -> base::Result<KeyMaterial> {
    const Botan::EC_Group group("secp256r1");
    const Botan::PointGFp point = group.OS2ECP(bytes_of(encoded_point), encoded_point.size());
    if (point.is_zero()) return invalid("not a point of the curve P-256");
    return p256_from_point(group, point);
  });
}

base::Result<KeyMaterial> rsa_from_numbers(const Botan::BigInt& modulus, const Botan::BigInt& exponent) {
  if (modulus.is_negative() || modulus.bits() < kMinRsaBits || modulus.bits() > kMaxRsaBits) {
    return invalid("an RSA modulus must have 2048 to 8192 bits");
  }
  if (modulus.is_even()) return invalid("not an RSA modulus");
  if (exponent.is_negative() || exponent.is_even() || exponent.bits() < 2 || exponent.bits() > kMaxRsaExponentBits) {
    return invalid("an RSA exponent must be odd, at least 3 and at most 64 bits long");
  }
  KeyMaterial material{KeyType::Rsa, std::make_shared<Botan::RSA_PublicKey>(modulus, exponent), {}};
  json::Writer(material.jwk)
      .begin_object()
      .member("e", base64url_encode(text_of(Botan::BigInt::encode(exponent))))
      .member("kty", "RSA")
      .member("n", base64url_encode(text_of(Botan::BigInt::encode(modulus))))
      .end_object();
  return material;
}

base::Result<KeyMaterial> rsa_from_der(const std::vector<std::uint8_t>& bits) {
  Botan::BigInt modulus;
  Botan::BigInt exponent;
  Botan::BER_Decoder decoder(bits);
  decoder.start_cons(Botan::SEQUENCE).decode(modulus).decode(exponent).end_cons();
  decoder.verify_end();
  return rsa_from_numbers(modulus, exponent);
}

}  // namespace

base::Result<KeyMaterial> ed25519_material(std::string_view point) {
  if (point.size() != kEd25519Bytes) return invalid("an Ed25519 public key must have 32 bytes");
  return guarded("not an Ed25519 public key", [&]() -> base::Result<KeyMaterial> {
    return KeyMaterial{KeyType::Ed25519, std::make_shared<Botan::Ed25519_PublicKey>(bytes_of(point), point.size()),
                       ed25519_jwk(point)};
  });
}

base::Result<KeyMaterial> p256_material(std::string_view x, std::string_view y) {
  if (x.size() != kP256CoordinateBytes || y.size() != kP256CoordinateBytes) {
    return invalid("a P-256 coordinate must have 32 bytes");
  }
  constexpr char kUncompressed = 4;
  return p256_from_encoded(std::string(1, kUncompressed).append(x).append(y));
}

base::Result<KeyMaterial> rsa_material(std::string_view modulus, std::string_view exponent) {
  if (modulus.starts_with('\0') || exponent.starts_with('\0')) return invalid("an RSA number begins with a zero byte");
  if (modulus.size() > kMaxRsaBits / 8) return invalid("an RSA modulus must have 2048 to 8192 bits");
  return guarded("not an RSA public key", [&] {
    return rsa_from_numbers(Botan::BigInt(bytes_of(modulus), modulus.size()),
                            Botan::BigInt(bytes_of(exponent), exponent.size()));
  });
}

base::Result<KeyMaterial> der_material(std::string_view der) {
  return guarded("not a SubjectPublicKeyInfo", [&]() -> base::Result<KeyMaterial> {
    Botan::AlgorithmIdentifier algorithm;
    std::vector<std::uint8_t> bits;
    Botan::BER_Decoder decoder(bytes_of(der), der.size());
    decoder.start_cons(Botan::SEQUENCE).decode(algorithm).decode(bits, Botan::BIT_STRING).end_cons();
    decoder.verify_end();
    const std::string oid = algorithm.get_oid().to_string();
    const std::string_view parameters = text_of(algorithm.get_parameters());
    if (oid == kOidEd25519 && parameters.empty()) return ed25519_material(text_of(bits));
    if (oid == kOidEc && parameters == kDerOidP256) return p256_from_encoded(text_of(bits));
    if (oid == kOidEc) return invalid("an elliptic curve other than P-256");
    if (oid == kOidRsa && (parameters.empty() || parameters == kDerNull)) return rsa_from_der(bits);
    return invalid("neither Ed25519 nor P-256 nor RSA");
  });
}

std::string ed25519_jwk(std::string_view point) {
  std::string jwk;
  json::Writer(jwk)
      .begin_object()
      .member("crv", "Ed25519")
      .member("kty", "OKP")
      .member("x", base64url_encode(point))
      .end_object();
  return jwk;
}

std::string signature_scheme(KeyType type) {
  switch (type) {
    case KeyType::Ed25519:
      return "Pure";
    case KeyType::P256:
      return "EMSA1(SHA-256)";
    case KeyType::Rsa:
      return "EMSA4(SHA-256,MGF1,32)";
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::crypto
