#include "eval_source.h"

#include <algorithm>

#include "guardian/bundle/build.h"
#include "guardian/bundle/cached_bundle.h"
#include "guardian/decision/snapshot.h"
#include "guardian/json/reader.h"
#include "trust.h"

namespace guardian::cmd {

namespace {

using base::Error;
using base::ErrorCode;
using json::Value;

base::Status check_options(const EvalSource& source) {
  const auto refuse = [](const char* what) { return Error(ErrorCode::InvalidInput, what); };
  const bool described = !source.tier.empty() || !source.tags.empty();
  if (!source.policy_directory.empty() && !source.bundle_file.empty())
    return refuse("--policies or --bundle, not both");
  if (source.policy_directory.empty() && !source.agents_file.empty()) return refuse("--agents goes with --policies");
  if (source.policy_directory.empty() && described) return refuse("--tier and --tag go with --policies");
  if (!source.agents_file.empty() && described) return refuse("--agents or --tier and --tag, not both");
  if (!source.tags.empty() && source.tier.empty()) return refuse("--tag goes with --tier");
  if (described && source.agent.empty()) return refuse("--tier and --tag describe --agent, which is missing");
  if (source.bundle_file.empty() && !source.trust_file.empty()) return refuse("--trust goes with --bundle");
  return {};
}

// The payload with the asked agent as the flags describe it, in the place of one of that id or at the end.
base::Result<bundle::Payload> with_described_agent(const bundle::BuiltPayload& built, const EvalSource& source) {
  json::ReadLimits limits;
  limits.max_bytes = bundle::kDefaultMaxBundleBytes;
  limits.integers = json::Integers::Unsigned64;
  GUARDIAN_ASSIGN(json::Document document, json::parse(built.bytes, limits));
  std::vector<Value> tags;
  for (const std::string& tag : source.tags) tags.push_back(document.add_text(tag));
  std::vector<json::Member> agent = {{"id", document.add_text(source.agent)},
                                     {"trustTier", document.add_text(source.tier)}};
  if (!tags.empty()) agent.push_back({"tags", document.add_list(tags)});
  const Value described = document.add_object(agent);
  std::vector<json::Member> members(document.root().as_object().begin(), document.root().as_object().end());
  for (json::Member& member : members) {
    if (member.key != "agents") continue;
    std::vector<Value> agents;
    for (const Value& listed : member.value.as_list()) {
      if (listed.find("id")->as_text() != source.agent) agents.push_back(listed);
    }
    agents.push_back(described);
    member.value = document.add_list(agents);
  }
  document.set_root(document.add_object(members));
  return bundle::check_payload(std::move(document), {});
}

base::Result<std::shared_ptr<const decision::Engine>> from_directory(const EvalSource& source, base::FileSystem& files,
                                                                     base::TimePoint now) {
  bundle::BuildOptions options;
  options.now = now;
  if (!source.agents_file.empty()) options.agents_file = source.agents_file;
  GUARDIAN_ASSIGN(bundle::BuiltPayload built, bundle::payload_from_directory(files, source.policy_directory, options));
  if (!source.tier.empty()) {
    GUARDIAN_ASSIGN(built.payload, with_described_agent(built, source));
  }
  return std::make_shared<const decision::Engine>(std::make_shared<const bundle::Payload>(std::move(built.payload)));
}

std::shared_ptr<const decision::Engine> engine_of(std::shared_ptr<const bundle::VerifiedBundle> verified) {
  const auto snapshot = std::make_shared<const decision::Snapshot>(std::move(verified));
  return {snapshot, &snapshot->engine()};
}

base::Result<std::shared_ptr<const decision::Engine>> from_cache(base::FileSystem& files,
                                                                 const config::Settings& settings) {
  const bundle::Cache cache(files, settings.sidecar.cache_directory);
  GUARDIAN_ASSIGN(const bundle::CacheState state, cache.load_state());
  GUARDIAN_ASSIGN(const auto previous, cache.previous_versions());
  if (!cache.may_hold_bundle() && previous.empty()) {
    return Error(ErrorCode::NotFound, "no bundle in `" + cache.directory() + "`: give --bundle or --policies, or sync");
  }
  GUARDIAN_ASSIGN(const bundle::TrustChain chain, cached_trust(cache, settings));
  // What `serve` would enforce, had it no gateway.
  bundle::CachedBundle cached = bundle::find_cached(cache, chain, state, settings.sidecar.sync.max_bundle_bytes);
  if (cached.bundle != nullptr) return engine_of(std::move(cached.bundle));
  if (cached.current_error) return *std::move(cached.current_error);
  return Error(ErrorCode::NotFound, "no bundle in `" + cache.directory() + "` verifies");
}

}  // namespace

void add_source_options(CLI::App& command, EvalSource& source) {
  command.add_option("--bundle", source.bundle_file, "Bundle file (default: the cached bundle)")->type_name("FILE");
  command.add_option("--trust", source.trust_file, "Trust root for --bundle; else TRUST_ROOT, else the cache's")
      ->type_name("FILE");
  command.add_option("--policies", source.policy_directory, "Directory of policies instead of a bundle")
      ->type_name("DIR");
  command.add_option("--agents", source.agents_file, "With --policies: agents instead of its agents.yaml")
      ->type_name("FILE");
}

ExitCode exit_code_of_source(const EvalSource& source, ErrorCode code) noexcept {
  const bool given_wrong =
      code == ErrorCode::NotFound || code == ErrorCode::InvalidInput || code == ErrorCode::NoTrustRoot;
  return source.policy_directory.empty() && !given_wrong ? kFailure : exit_code_of(code);
}

base::Result<std::shared_ptr<const decision::Engine>> open_engine(const EvalSource& source, base::FileSystem& files,
                                                                  const config::Settings& settings,
                                                                  base::TimePoint now) {
  GUARDIAN_TRY(check_options(source));
  if (!source.policy_directory.empty()) return from_directory(source, files, now);
  if (source.bundle_file.empty()) return from_cache(files, settings);
  GUARDIAN_ASSIGN(const bundle::TrustRoot trust, choose_trust(files, source.trust_file, settings));
  auto verified =
      verify_file(files, source.bundle_file, trust, bundle::Origin::Cached, settings.sidecar.sync.max_bundle_bytes);
  if (!verified) return std::move(verified).error().within(source.bundle_file);
  return engine_of(std::move(verified).value());
}

std::string describe(const EvalSource& source, const config::Settings& settings) {
  if (!source.policy_directory.empty()) return "the policies of " + source.policy_directory;
  if (!source.bundle_file.empty()) return "the bundle " + source.bundle_file;
  return "the bundle cached in " + settings.sidecar.cache_directory;
}

}  // namespace guardian::cmd
