#include "guardian/net/router.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/base/text.h"

namespace guardian::net {

namespace {

void run(const std::variant<Handler, LaterHandler>& handler, const Request& request, Reply reply) {
  try {
    if (const auto* later = std::get_if<LaterHandler>(&handler)) {
      (*later)(request, std::move(reply));
    } else {
      std::move(reply).send(std::get<Handler>(handler)(request));
    }
  } catch (const std::exception&) {
    // What it says is for nobody outside; routes return their errors. The reply says 500 by itself.
  }
}

bool is_coded(const Headers& headers) {
  return std::ranges::any_of(headers.entries(), [](const auto& entry) {
    return base::equal_ignoring_case(entry.first, "Content-Encoding") &&
           !base::equal_ignoring_case(entry.second, "identity");
  });
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  for (Route& route : routes) {
    GUARDIAN_ASSERT(route.path.starts_with('/'));
    const bool open_ended = route.path.ends_with("/*");
    if (open_ended) route.path.pop_back();
    Methods& methods = (open_ended ? below_ : exact_)[std::move(route.path)];
    const bool added =
        methods.try_emplace(std::move(route.method), Served{std::move(route.handler), route.takes_coded}).second;
    GUARDIAN_ASSERT(added);
  }
}

const Router::Methods* Router::find(std::string_view path) const {
  if (const auto found = exact_.find(path); found != exact_.end()) return &found->second;
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/', slash - 1)) {
    if (const auto found = below_.find(path.substr(0, slash + 1)); found != below_.end()) return &found->second;
    if (slash == 0) break;
  }
  return nullptr;
}

void Router::serve(const Request& request, Reply reply) const {
  const Methods* const methods = find(request.path);
  if (methods == nullptr) {
    std::move(reply).send(error_response(404, "not_found", "there is nothing at this path"));
    return;
  }
  auto found = methods->find(request.method);
  if (found == methods->end() && request.method == "HEAD") found = methods->find("GET");
  if (found != methods->end()) {
    if (!found->second.takes_coded && is_coded(request.headers)) {
      std::move(reply).send(
          error_response(415, "unsupported_media_type", "a body with `Content-Encoding` is not taken here"));
    } else {
      run(found->second.handler, request, std::move(reply));
    }
    return;
  }
  std::string allowed;
  for (const auto& entry : *methods) {
    allowed.append(allowed.empty() ? "" : ", ").append(entry.first);
    if (entry.first == "GET" && !methods->contains("HEAD")) allowed.append(", HEAD");
  }
  Response response = error_response(405, "method_not_allowed", "this path serves " + allowed);
  response.headers.add("Allow", std::move(allowed));
  std::move(reply).send(std::move(response));
}

}  // namespace guardian::net
