#include "guardian/json/arena.h"

#include <algorithm>

namespace guardian::json {

namespace {

constexpr std::size_t kMaxBlockBytes = std::size_t{64} << 10;

}  // namespace

void* Arena::allocate(std::size_t bytes, std::size_t alignment) {
  void* at = free_;
  if (free_ == nullptr || std::align(alignment, bytes, at, left_) == nullptr) {
    const bool own_block = bytes > next_block_bytes_ / 2;
    const std::size_t block_bytes = own_block ? bytes : next_block_bytes_;
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(block_bytes), block_bytes});
    at = blocks_.back().bytes.get();
    // What needs a block of its own leaves the one at hand to those that follow.
    if (own_block) return at;
    left_ = block_bytes;
    next_block_bytes_ = std::min(2 * next_block_bytes_, kMaxBlockBytes);
  }
  free_ = static_cast<std::byte*>(at) + bytes;
  left_ -= bytes;
  return at;
}

void Arena::clear() noexcept {
  if (blocks_.empty()) return;
  blocks_.erase(blocks_.begin() + 1, blocks_.end());
  free_ = blocks_.front().bytes.get();
  left_ = blocks_.front().size;
}

}  // namespace guardian::json
