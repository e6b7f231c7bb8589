#include "guardian/gateway/republisher.h"

#include <utility>

namespace guardian::gateway {

Republisher::Republisher(Gateway& gateway, FileStamps stamps, const base::Logger& logger)
    : gateway_(gateway), stamps_(std::move(stamps)), logger_(logger) {}

void Republisher::look(Look how) {
  const bool changed = stamps_.changed();
  if (!changed && how == Look::IfChanged) return;
  const auto rebuilt = gateway_.rebuild();
  if (!rebuilt) {
    if (how == Look::IfChanged && rebuilt.error().message() == refusal_) return;
    refusal_ = rebuilt.error().message();
    logger_.log(base::LogLevel::Error, "rebuild_refused",
                {{"code", std::string(to_string(rebuilt.error().code()))},
                 {"reason", refusal_},
                 {"action", "keeping_" + gateway_.bundle_version()}});
    return;
  }
  const bool recovered = !std::exchange(refusal_, {}).empty();
  if (rebuilt->published) {
    logger_.log(base::LogLevel::Info, "bundle_published",
                {{"version", rebuilt->version},
                 {"policies", std::to_string(rebuilt->policies)},
                 {"policies_before", std::to_string(rebuilt->policies_before)},
                 {"agents", std::to_string(rebuilt->agents)},
                 {"agents_before", std::to_string(rebuilt->agents_before)}});
  } else if (recovered || how == Look::Anyway) {
    logger_.log(base::LogLevel::Info, "bundle_unchanged", {{"version", rebuilt->version}});
  }
}

}  // namespace guardian::gateway
