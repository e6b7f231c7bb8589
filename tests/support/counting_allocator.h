// Counts the allocations of a test binary by replacing the global allocation functions: to be included by one file of a
// binary and no more.
#pragma once

#include <cstdlib>
#include <new>

namespace guardian::testing {

// Of the calling thread.
inline thread_local std::size_t allocations = 0;

}  // namespace guardian::testing

void* operator new(std::size_t size) {
  ++guardian::testing::allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++guardian::testing::allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
