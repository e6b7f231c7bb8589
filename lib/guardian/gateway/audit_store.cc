#include "guardian/gateway/audit_store.h"

#include <utility>

#include "guardian/crypto/digest.h"
#include "guardian/gateway/sidecar_statuses.h"

namespace guardian::gateway {

namespace {

constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kMaxName = 200;
constexpr std::size_t kDigestDigits = 32;

bool stays(char c, bool is_first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         (c == '.' && !is_first);
}

}  // namespace

std::string event_file_name(std::string_view sidecar) {
  std::string name;
  for (const char c : sidecar) {
    if (stays(c, name.empty())) {
      name += c;
    } else {
      name += '%' + crypto::hex(std::string_view(&c, 1));
    }
  }
  if (name.size() > kMaxName) {
    name.resize(kMaxName);
    name += '~' + crypto::hex(crypto::sha256(sidecar)).substr(0, kDigestDigits);
  }
  return name.append(kSuffix);
}

base::Result<std::unique_ptr<AuditStore>> AuditStore::open(std::string directory, base::FileSystem& files) {
  GUARDIAN_TRY(files.make_directories(directory));
  GUARDIAN_ASSIGN(const auto found, files.list(directory));
  std::unique_ptr<AuditStore> store(new AuditStore(std::move(directory)));
  for (const base::DirectoryEntry& entry : found) {
    if (entry.is_directory || !entry.name.ends_with(kSuffix)) continue;
    GUARDIAN_ASSIGN(Entry* const known, store->entry_of(entry.name));
    GUARDIAN_ASSIGN(known->file, EventFile::open(store->directory_ + "/" + entry.name));
  }
  return store;
}

base::Result<AuditStore::Entry*> AuditStore::entry_of(const std::string& name) {
  const base::MutexLock lock(mutex_);
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second.get();
  if (entries_.size() >= kMaxSidecars) {
    return base::Error(base::ErrorCode::TooLarge, "events of " + std::to_string(kMaxSidecars) + " sidecars are kept");
  }
  return entries_.emplace(name, std::make_unique<Entry>()).first->second.get();
}

base::Result<std::size_t> AuditStore::store(const PostedBatch& batch) {
  if (batch.events.empty()) return std::size_t{0};
  const std::string name = event_file_name(batch.sidecar);
  GUARDIAN_ASSIGN(Entry* const entry, entry_of(name));
  const std::lock_guard one_at_a_time(entry->mutex);
  if (entry->file == nullptr) {
    GUARDIAN_ASSIGN(entry->file, EventFile::open(directory_ + "/" + name));
  }
  return entry->file->append_new(batch.events);
}

}  // namespace guardian::gateway
