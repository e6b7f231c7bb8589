#include "guardian/limits/local_store.h"

#include <chrono>

namespace guardian::limits {

namespace {

constexpr std::chrono::milliseconds kSaveEvery{40};
constexpr std::size_t kVisitsPerSave = 512;
// A journal is written anew when it is twice what is alive, and an entry takes half as much again as in memory.
constexpr std::size_t kJournalPerMemory = 4;
constexpr std::size_t kJournalAtLeast = std::size_t{64} << 20;

}  // namespace

LocalStore::LocalStore(LocalOptions options, base::FileSystem& files, const base::Clock& clock)
    : time_(clock),
      table_(options.max_bytes,
             options.directory.empty() ? CountTable::Changes::Forgotten : CountTable::Changes::Listed) {
  if (options.directory.empty()) return;
  journal_ = std::make_unique<Journal>(files, std::move(options.directory), table_,
                                       kJournalAtLeast + kJournalPerMemory * options.max_bytes);
  journal_->open(time_.now());
  saver_ = std::jthread([this](const std::stop_token& stop) { keep_saving(stop); });
}

LocalStore::~LocalStore() {
  if (!saver_.joinable()) return;
  saver_.request_stop();
  saver_.join();
  journal_->close(time_.now());
}

void LocalStore::keep_saving(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(wait_mutex_);
      wake_.wait_for(lock, stop, kSaveEvery, [] { return false; });
    }
    journal_->save(time_.now());
    table_.sweep(kVisitsPerSave, time_.now());
  }
}

bool LocalStore::charge(std::span<const Charge> charges, std::span<Verdict> verdicts, Waiter& /*waiter*/) {
  for (std::size_t i = 0; i < charges.size(); ++i) verdicts[i] = charge(charges[i]);
  return true;
}

std::string LocalStore::problem() const { return journal_ == nullptr ? std::string() : journal_->problem(); }

}  // namespace guardian::limits
