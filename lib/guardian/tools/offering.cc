#include "guardian/tools/offering.h"

#include <utility>

#include "guardian/base/text.h"
#include "guardian/crypto/digest.h"

namespace guardian::tools {

namespace {

constexpr std::string_view kApi = "/api/v1/guardian";
constexpr std::size_t kThreads = 4;

}  // namespace

base::Result<std::unique_ptr<Offering>> Offering::open() {
  std::unique_ptr<Offering> offering(new Offering());
  net::ServerOptions options;
  options.threads = kThreads;
  const auto reply = [self = offering.get()](const net::Request& request) { return self->answer(request); };
  // Events are taken and forgotten: a drill on bundles is not about them.
  const auto take_events = [](const net::Request&) {
    net::Response response;
    response.body = R"({"accepted":1000,"duplicates":0,"rejected":[]})";
    return response;
  };
  net::Route events{"POST", std::string(kApi) + "/audit", take_events};
  events.takes_coded = true;
  GUARDIAN_ASSIGN(offering->server_,
                  net::HttpServer::start(options, {{"GET", std::string(kApi) + "/*", reply}, std::move(events)}));
  return offering;
}

Offering::~Offering() {
  if (server_ != nullptr) server_->stop(std::chrono::milliseconds(0));
}

void Offering::bundle(std::string bytes) {
  const base::MutexLock lock(mutex_);
  files_["/bundle"] = std::move(bytes);
  away_ = false;
}

void Offering::trust_root(unsigned version, std::string bytes) {
  const base::MutexLock lock(mutex_);
  files_["/trust-root/" + std::to_string(version)] = bytes;
  files_["/trust-root"] = std::move(bytes);
}

void Offering::away() {
  const base::MutexLock lock(mutex_);
  away_ = true;
}

net::Response Offering::answer(const net::Request& request) const {
  const base::MutexLock lock(mutex_);
  if (away_) return net::error_response(503, "unavailable", "away");
  const auto file = files_.find(std::string_view(request.path).substr(kApi.size()));
  if (file == files_.end()) return net::error_response(404, "not_found", "not offered");
  net::Response response;
  response.content_type = "application/json";
  const std::string etag = "\"" + crypto::hex(crypto::sha256(file->second)) + "\"";
  response.headers.add("ETag", etag);
  if (request.headers.find("If-None-Match") == etag) {
    response.status = 304;
  } else {
    response.body = file->second;
  }
  return response;
}

}  // namespace guardian::tools
