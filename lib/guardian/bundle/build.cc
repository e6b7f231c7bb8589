#include "guardian/bundle/build.h"

#include <algorithm>
#include <array>

#include "guardian/base/text.h"
#include "guardian/bundle/members.h"
#include "guardian/bundle/payload_parts.h"
#include "guardian/json/writer.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using json::Member;
using json::Value;

constexpr std::uint64_t kMaxExactInteger = std::uint64_t{1} << 53;

Value default_tiers(json::Document& document) {
  constexpr std::array<std::string_view, 4> kNames = {"untrusted", "verified", "trusted", "privileged"};
  std::vector<Value> tiers;
  for (const std::string_view name : kNames) {
    const auto rank = static_cast<std::int64_t>(tiers.size());
    const std::array<Member, 2> members = {Member{"name", Value::text(name)}, Member{"rank", Value::integer(rank)}};
    tiers.push_back(document.add_object(members));
  }
  return document.add_list(tiers);
}

// The one list that agents.yaml and tiers.yaml hold.
Result<Value> only_list(const SourceFile& file, std::string_view name) {
  const policy::Source source = file.source();
  const Members root(file.document.root(), ErrorCode::SchemaInvalid, source);
  GUARDIAN_TRY(root.check({name}, Extensions::Accepted));
  GUARDIAN_ASSIGN(const auto* const list, root.get(name, json::Kind::List));
  return *list;
}

Status check_members_file(const SourceFile& file) {
  const policy::Source source = file.source();
  const Members root(file.document.root(), ErrorCode::SchemaInvalid, source);
  return root.check({"version", "timestamp", "issuer", "orgId", "expiresAt", "defaultCombining", "unknownAgents",
                     "issuers", "revocations", "approvals"},
                    Extensions::Accepted);
}

Value version_value(json::Document& document, const Version& version) {
  const auto number = version.is_date() ? std::nullopt : base::parse_unsigned(version.text());
  if (number && *number <= kMaxExactInteger) return Value::integer(*number, false);
  return document.add_text(version.text());
}

Result<std::string> version_of_build(const BuildOptions& options) {
  auto time = std::chrono::floor<std::chrono::seconds>(options.now);
  if (options.previous) {
    const auto previous = options.previous->date();
    if (!previous) {
      return Error(ErrorCode::InvalidInput, "the last version built is the integer `" + options.previous->text() +
                                                "`: give the next one with --version or `version` in bundle.yaml");
    }
    const auto earliest = std::chrono::sys_seconds(std::chrono::seconds(previous->seconds + 1));
    time = std::max(time, earliest);
  }
  return base::format_rfc3339(time);
}

// Puts the payload's members together in the order of bundle.md. The values stay in the documents of `source`.
class Composer {
 public:
  Composer(const DirectorySource& source, const BuildOptions& options) : source_(source), options_(options) {}

  [[nodiscard]] Result<json::Document> compose() {
    if (source_.members) GUARDIAN_TRY(check_members_file(*source_.members));
    add("schema", Value::text(kPayloadSchema));
    GUARDIAN_TRY(add_version());
    if (!take("timestamp")) add("timestamp", document_.add_text(base::format_rfc3339(options_.now)));
    for (const auto* name : {"issuer", "orgId", "expiresAt", "defaultCombining", "unknownAgents"}) take(name);
    GUARDIAN_TRY(add_tiers());
    GUARDIAN_TRY(add_agents());
    for (const auto* name : {"issuers", "revocations", "approvals"}) take(name);
    take_extensions();
    std::vector<Value> policies;
    for (const SourceFile& file : source_.policies) policies.push_back(file.document.root());
    add("policies", document_.add_list(policies));
    document_.set_root(document_.add_object(members_));
    return std::move(document_);
  }

 private:
  void add(std::string_view name, const Value& value) { members_.push_back({name, value}); }

  bool take(std::string_view name) {
    const Value* const value = source_.members ? source_.members->document.root().find(name) : nullptr;
    if (value != nullptr) add(name, *value);
    return value != nullptr;
  }

  void take_extensions() {
    if (!source_.members) return;
    for (const Member& member : source_.members->document.root().as_object()) {
      if (member.key.starts_with("x-")) members_.push_back(member);
    }
  }

  Status add_version() {
    if (options_.version) {
      add("version", version_value(document_, *options_.version));
    } else if (!take("version")) {
      GUARDIAN_ASSIGN(const std::string version, version_of_build(options_));
      add("version", document_.add_text(version));
    }
    return {};
  }

  Status add_tiers() {
    if (!source_.tiers) {
      add("trustTiers", default_tiers(document_));
      return {};
    }
    GUARDIAN_ASSIGN(const Value tiers, only_list(*source_.tiers, "trustTiers"));
    add("trustTiers", tiers);
    return {};
  }

  Status add_agents() {
    Value agents = Value::list({});
    if (source_.agents) {
      GUARDIAN_ASSIGN(agents, only_list(*source_.agents, "agents"));
    }
    add("agents", agents);
    return {};
  }

  const DirectorySource& source_;
  const BuildOptions& options_;
  json::Document document_;
  std::vector<Member> members_;
};

PayloadSources sources_of(const DirectorySource& source) {
  PayloadSources sources;
  if (source.members) sources.members = source.members->source();
  if (source.tiers) sources.tiers = source.tiers->source();
  if (source.agents) sources.agents = source.agents->source();
  for (const SourceFile& file : source.policies) sources.policies.push_back(file.source());
  return sources;
}

}  // namespace

Result<BuiltPayload> payload_from_directory(base::FileSystem& files, const std::string& directory,
                                            const BuildOptions& options) {
  GUARDIAN_ASSIGN(const DirectorySource source, load_directory(files, directory, options.agents_file));
  GUARDIAN_ASSIGN(json::Document document, Composer(source, options).compose());
  std::string bytes = json::write(document.root());
  // Checked twice: here for the places in the files, below because what gets signed is the bytes.
  GUARDIAN_TRY(check_payload_from(std::move(document), sources_of(source)));
  GUARDIAN_ASSIGN(Payload payload, parse_payload(bytes));
  return BuiltPayload{std::move(bytes), std::move(payload)};
}

Result<DirectoryContext> context_from_directory(base::FileSystem& files, const std::string& directory,
                                                SourceParts parts, base::TimePoint now) {
  GUARDIAN_ASSERT(parts != SourceParts::Policies);
  GUARDIAN_ASSIGN(DirectorySource source, load_directory(files, directory, std::nullopt, parts));
  BuildOptions options;
  options.now = now;
  GUARDIAN_ASSIGN(json::Document document, Composer(source, options).compose());
  GUARDIAN_ASSIGN(Payload payload, check_payload_from(std::move(document), sources_of(source)));
  return DirectoryContext{std::move(source), std::move(payload)};
}

crypto::Envelope seal(const BuiltPayload& built) {
  crypto::Envelope envelope;
  envelope.payload_type_untrusted = kPayloadType;
  envelope.payload_untrusted = built.bytes;
  return envelope;
}

}  // namespace guardian::bundle
