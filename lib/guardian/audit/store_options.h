// How an audit store is kept (audit.md, Durability and Forwarding; cli.md, AUDIT_*).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guardian::audit {

enum class Durability {
  Process,  // with the operating system before the decision is answered
  Disk,     // on the disk before it is answered
  Async     // in memory, at most 100 ms behind
};
enum class WhenFull { DropOldest, Deny };

struct StoreOptions {
  std::string directory;  // CACHE_DIR/audit
  std::string key_file;   // of redaction, beside it
  std::string sidecar;    // its id
  Durability durability = Durability::Process;
  WhenFull when_full = WhenFull::DropOldest;
  std::uint64_t max_bytes = std::uint64_t{1} << 30;
  std::chrono::seconds retention = std::chrono::hours(24 * 7);
  bool awaits_flush = false;  // who appends calls flush() when there is nothing more to append at once
  bool forwards = false;      // false: nothing waits for a gateway, retention and size alone bound the store
};

// The least that AUDIT_MAX_BYTES may be.
inline constexpr std::uint64_t kMinStoreBytes = std::uint64_t{2} << 20;

[[nodiscard]] constexpr std::string_view to_string(Durability durability) noexcept {
  switch (durability) {
    case Durability::Process:
      return "process";
    case Durability::Disk:
      return "disk";
    case Durability::Async:
      return "async";
  }
  return "";
}

}  // namespace guardian::audit
