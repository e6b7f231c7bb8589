// `--port-file`: tells whoever started us which port was taken, once requests are answered there.
#pragma once

#include <cstdint>
#include <string>

#include "guardian/base/file_system.h"

namespace guardian::cmd {

// Nothing to do when `path` is empty. The file appears whole.
[[nodiscard]] inline base::Status write_port_file(base::FileSystem& files, const std::string& path,
                                                  std::uint16_t port) {
  if (path.empty()) return {};
  return base::replace_file(files, path, std::to_string(port) + "\n", base::FileAccess::WorldReadable);
}

}  // namespace guardian::cmd
