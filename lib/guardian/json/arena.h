// Memory that is only given back as a whole. Blocks grow to a bounded size, so that little is left over in the last one
// whatever there is of the others. One thread; blocks never move.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace guardian::json {

class Arena {
 public:
  explicit Arena(std::size_t first_block_bytes) noexcept : next_block_bytes_(first_block_bytes) {}

  // Uninitialised. `alignment` is a power of two and at most that of std::max_align_t.
  [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment);
  // Takes back all that was handed out, and keeps one block to begin with again.
  void clear() noexcept;

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };

  std::vector<Block> blocks_;
  std::byte* free_ = nullptr;
  std::size_t left_ = 0;
  std::size_t next_block_bytes_;
};

}  // namespace guardian::json
