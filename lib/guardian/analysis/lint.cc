#include "guardian/analysis/lint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "guardian/analysis/bundle_checks.h"
#include "guardian/analysis/checks.h"
#include "guardian/analysis/source_errors.h"
#include "guardian/bundle/build.h"
#include "guardian/policy/policy_parser.h"

namespace guardian::analysis {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

// Policies that are judged by the same tiers and agents.
struct Group {
  std::string directory;  // of agents.yaml, tiers.yaml, bundle.yaml; empty where there is none
  bool whole = false;     // all its policies are there
  std::vector<std::string> policies;
};

std::string parent_of(const std::string& path) {
  const auto slash =
      path.find_last_not_of('/') == std::string::npos ? std::string::npos : path.rfind('/', path.find_last_not_of('/'));
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// The directory above `policies`, or empty.
std::string directory_of_policies(const std::string& folder) {
  const bool named = folder == "policies" || folder.ends_with("/policies");
  return named ? parent_of(folder) : std::string();
}

class Collector {
 public:
  explicit Collector(base::FileSystem& files) : files_(files) {}

  Status add(const std::string& given) {
    const std::string path = without_slashes(given);
    const auto entries = files_.list(path);
    if (!entries.ok()) {
      add_policy(group_of_folder(parent_of(path)), path);
      return {};
    }
    const bool is_whole = std::ranges::any_of(
        *entries, [](const base::DirectoryEntry& entry) { return entry.is_directory && entry.name == "policies"; });
    if (!is_whole) return add_folder(group_of_folder(path), path, *entries);
    const std::string folder = path + "/policies";
    GUARDIAN_ASSIGN(const auto policies, files_.list(folder));
    Group& whole = group(path, path);
    whole.whole = true;
    return add_folder(whole, folder, policies);
  }

  [[nodiscard]] const std::vector<Group>& groups() const noexcept { return groups_; }

 private:
  Group& group(const std::string& key, const std::string& directory) {
    const auto [found, added] = by_key_.emplace(key, groups_.size());
    if (added) groups_.push_back({directory, false, {}});
    return groups_[found->second];
  }

  // Policies of one folder belong together, whether or not there is a directory of a bundle around it.
  Group& group_of_folder(const std::string& folder) {
    const std::string directory = directory_of_policies(folder);
    return directory.empty() ? group(folder + "/*", "") : group(directory, directory);
  }

  void add_policy(Group& group, const std::string& path) {
    if (known_.insert(path).second) group.policies.push_back(path);
  }

  Status add_folder(Group& group, const std::string& folder, const std::vector<base::DirectoryEntry>& entries) {
    std::size_t count = 0;
    for (const base::DirectoryEntry& entry : entries) {
      if (!bundle::is_policy_file(entry)) continue;
      if (++count > bundle::kMaxSourceFiles) {
        return Error(ErrorCode::TooLarge,
                     "`" + folder + "` holds more than " + std::to_string(bundle::kMaxSourceFiles) + " policies");
      }
      add_policy(group, folder + "/" + entry.name);
    }
    return count > 0 ? Status() : Error(ErrorCode::InvalidInput, "`" + folder + "` holds no policies");
  }

  base::FileSystem& files_;
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::unordered_set<std::string> known_;
};

class Linter {
 public:
  Linter(base::FileSystem& files, base::TimePoint now) : files_(files), now_(now) {}

  Status lint(const Group& group) {
    GUARDIAN_ASSIGN(const bundle::DirectoryContext context, context_of(group));
    Directory directory(context);
    std::unordered_map<std::string, std::string> names;  // of policies to their files
    for (const std::string& path : group.policies) GUARDIAN_TRY(lint_file(path, directory, names));
    if (group.whole && context.source.members) {
      Notes notes(context.source.members->source());
      directory.check_references(notes);
      keep(std::move(notes));
    }
    return {};
  }

  [[nodiscard]] Report take() && { return std::move(report_); }

 private:
  // As much of the directory as is valid; what is not has been noted.
  Result<bundle::DirectoryContext> context_of(const Group& group) {
    using bundle::SourceParts;
    const bool any = !group.directory.empty();
    for (const auto parts : {SourceParts::NoPolicies, SourceParts::OnlyTiers}) {
      if (!any) break;
      auto context = bundle::context_from_directory(files_, group.directory, parts, now_);
      if (context.ok()) return context;
      if (parts == SourceParts::NoPolicies) GUARDIAN_TRY(note_context(group.directory, context.error()));
    }
    return bundle::context_from_directory(files_, group.directory, SourceParts::None, now_);
  }

  Status note_context(const std::string& directory, const Error& error) {
    for (const std::string_view name : {"/agents.yaml", "/tiers.yaml", "/bundle.yaml"}) {
      const std::string path = directory + std::string(name);
      if (!error.message().starts_with(path + ":")) continue;
      GUARDIAN_ASSIGN(const std::string text, files_.read_file(path, bundle::kMaxSourceBytes));
      Notes notes({path, text});
      PlacedError placed = take_place(error, path);
      notes.add(Code::InvalidBundle, placed.place, std::move(placed.message),
                "correct it as guardian-bundle(5) says: nothing is built from this directory");
      keep(std::move(notes));
      return {};
    }
    return error;
  }

  Status lint_file(const std::string& path, Directory& directory, std::unordered_map<std::string, std::string>& names) {
    GUARDIAN_ASSIGN(const std::string text, files_.read_file(path, bundle::kMaxSourceBytes));
    ++report_.files;
    Notes notes({path, text});
    const auto document = bundle::parse_source(text, path);
    if (!document.ok()) {
      PlacedError placed = take_place(document.error(), path);
      notes.add(Code::Syntax, placed.place, std::move(placed.message),
                path.ends_with(".json") ? "correct the JSON" : "correct the YAML");
    } else {
      lint_document(*document, directory, names, notes);
    }
    keep(std::move(notes));
    return {};
  }

  static void lint_document(const json::Document& document, Directory& directory,
                            std::unordered_map<std::string, std::string>& names, Notes& notes) {
    auto compiled = policy::compile_policy(document.root(), notes.source(), directory.options());
    if (!compiled.ok()) {
      note_policy_errors(document, directory.options(), std::move(compiled).error(), notes);
      return;
    }
    const policy::CompiledPolicy& policy = **compiled;
    notes.about_policy(policy.name);
    const auto [earlier, is_new] = names.emplace(policy.name, notes.source().name);
    if (!is_new) note_twin(document.root(), earlier->second, policy.name, notes);
    directory.remember(policy);
    const auto tiers = directory.tiers_of(policy);
    const Subject subject{body_of(document.root()), policy, tiers};
    for (const auto check :
         {check_policy_fields, check_rule_order, check_patterns, check_conditions, check_shorthands}) {
      check(subject, notes);
    }
    directory.check_ceilings(subject, notes);
    directory.check_agents(subject, notes);
  }

  static void note_twin(const json::Value& root, const std::string& file, const std::string& policy, Notes& notes) {
    const json::Value* const metadata = field(root, "metadata");
    const json::Value* const name = field(metadata == nullptr ? root : *metadata, "name");
    notes.add(Code::DuplicateName, name == nullptr ? 0 : name->offset(),
              "the name " + quoted(policy) + " is already used by " + file, "give one of the two another name");
  }

  void keep(Notes notes) {
    auto findings = std::move(notes).take();
    std::ranges::move(findings, std::back_inserter(report_.findings));
  }

  base::FileSystem& files_;
  base::TimePoint now_;
  Report report_;
};

}  // namespace

Result<Report> lint(base::FileSystem& files, const std::vector<std::string>& paths, base::TimePoint now) {
  Collector collector(files);
  for (const std::string& path : paths) GUARDIAN_TRY(collector.add(path));
  Linter linter(files, now);
  for (const Group& group : collector.groups()) GUARDIAN_TRY(linter.lint(group));
  return std::move(linter).take();
}

}  // namespace guardian::analysis
