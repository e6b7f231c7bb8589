// Keeps what is published up to date with the files it is made of, and says so in the log. Called again and again by
// the thread that owns it.
#pragma once

#include <string>

#include "guardian/base/log.h"
#include "guardian/gateway/file_stamps.h"
#include "guardian/gateway/gateway.h"

namespace guardian::gateway {

enum class Look { IfChanged, Anyway };  // Anyway: an operator asked, and hears of it whatever it comes to

class Republisher {
 public:
  // Both must outlive it. `stamps` must have been taken before the gateway was opened, so that no change goes unseen.
  Republisher(Gateway& gateway, FileStamps stamps, const base::Logger& logger);

  // Rebuilds when files changed. A rebuild that is refused leaves what is published, is said once, and is tried again
  // when files change again.
  void look(Look how);

 private:
  Gateway& gateway_;
  FileStamps stamps_;
  const base::Logger& logger_;
  std::string refusal_;  // said last; empty: the last rebuild succeeded
};

}  // namespace guardian::gateway
