#include "guardian/tools/sample_bundle.h"

#include "guardian/bundle/payload.h"
#include "guardian/crypto/dsse.h"
#include "guardian/json/writer.h"

namespace guardian::tools {

namespace {

void write_rule(json::Writer& out, std::string_view id, std::string_view effect, std::string_view action) {
  out.begin_object().member("id", id).member("effect", effect);
  out.key("actions").begin_list().text(action).end_list().end_object();
}

std::string policy_of(const SampleBundle& bundle) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("name", "drill").member("version", std::to_string(bundle.generation));
  out.member("description",
             "generation " + std::to_string(bundle.generation) + bundle.note + std::string(bundle.padding, '.'));
  out.key("appliesTo").begin_object().key("agentIds").begin_list().text("*").end_list().end_object();
  out.key("rules").begin_list();
  write_rule(out, "allow-reads", "allow", "read:*");
  write_rule(out, "no-deletes", "deny", "delete:*");
  write_rule(out, "generation", "allow", action_of(bundle.generation));
  out.end_list().end_object();
  return text;
}

std::string agents() {
  std::string text;
  json::Writer out(text);
  out.begin_list().begin_object().member("id", kAgent).member("trustTier", "verified").end_object().end_list();
  return text;
}

void write_members(json::Writer& out, const SampleBundle& bundle) {
  out.member("version", base::format_rfc3339(bundle.version));
  if (bundle.expires_at) out.member("expiresAt", base::format_rfc3339(*bundle.expires_at));
}

}  // namespace

std::string action_of(unsigned generation) { return "generation:" + std::to_string(generation); }

std::string sealed(const SampleBundle& bundle, const crypto::PrivateKey& key) {
  crypto::Envelope envelope;
  envelope.payload_type_untrusted = bundle::kPayloadType;
  json::Writer out(envelope.payload_untrusted);
  out.begin_object().member("schema", bundle::kPayloadSchema);
  write_members(out, bundle);
  out.member("timestamp", base::format_rfc3339(bundle.version));
  out.key("trustTiers").begin_list().begin_object().member("name", "verified");
  out.key("rank").integer(1).end_object().end_list();
  out.key("agents").raw(agents());
  out.key("policies").begin_list().raw(policy_of(bundle)).end_list().end_object();
  crypto::sign_envelope(envelope, key);
  return crypto::write_envelope(envelope);
}

base::Status write_directory(base::FileSystem& files, const std::string& directory, const SampleBundle& bundle) {
  GUARDIAN_TRY(files.make_directories(directory + "/policies"));
  std::string members;
  json::Writer out(members);
  out.begin_object();
  write_members(out, bundle);
  out.end_object();
  GUARDIAN_TRY(base::replace_file(files, directory + "/agents.yaml", "{\"agents\": " + agents() + "}\n"));
  GUARDIAN_TRY(base::replace_file(files, directory + "/bundle.yaml", members + "\n"));
  return base::replace_file(files, directory + "/policies/drill.json", policy_of(bundle) + "\n");
}

}  // namespace guardian::tools
