// Digests, comparison in constant time, and random bytes. Only this room sees Botan.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace guardian::crypto {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);

// SHA-256 of a text that comes in pieces, again and again without allocating. One thread at a time.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view bytes);
  // The digest of all since the last one; begins anew.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Lower-case hexadecimal.
[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string hex(const Digest& digest);

// True when equal. Time depends on the lengths only: both sides are hashed before they are compared.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// `count` bytes of the operating system's random generator.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace guardian::crypto
