// A gzip stream without end, for tests.
#pragma once

#include <string>

namespace guardian::net {

// A member that never ends, of zeros, about a KiB for each MiB: the first piece with the header, and what may be
// repeated behind it any number of times.
struct GzipBomb {
  std::string begin;
  std::string again;
};
[[nodiscard]] GzipBomb gzip_bomb();

}  // namespace guardian::net
