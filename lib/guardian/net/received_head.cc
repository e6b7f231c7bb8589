#include "guardian/net/received_head.h"

#include <string>

#include "guardian/base/text.h"
#include "guardian/net/field.h"

namespace guardian::net {

namespace {

base::Error no_answer(std::string_view why) {
  return {base::ErrorCode::Network, "not an HTTP answer: " + std::string(why)};
}

base::Status judge_coding(const Headers& headers, BodyForm& form) {
  const auto coding = headers.find("Content-Encoding");
  if (!coding) return {};
  form.gzip = base::equal_ignoring_case(*coding, "gzip") || base::equal_ignoring_case(*coding, "x-gzip");
  const bool known = form.gzip || base::equal_ignoring_case(*coding, "identity");
  if (known && headers.count("Content-Encoding") == 1) return {};
  return base::Error(base::ErrorCode::Network, "the answer comes in an encoding that was not asked for");
}

base::Status judge_framing(std::string_view version, const Headers& headers, BodyForm& form) {
  const std::size_t lengths = headers.count("Content-Length");
  const std::size_t codings = headers.count("Transfer-Encoding");
  form.until_end = lengths == 0 && codings == 0;
  if (form.until_end) return {};
  if (lengths + codings > 1) return no_answer("it says more than once how long it is");
  if (lengths == 1) {
    form.length = base::parse_unsigned(*headers.find("Content-Length"));
    return form.length ? base::Status() : no_answer("its Content-Length is not a number");
  }
  if (version == "HTTP/1.0") return no_answer("HTTP/1.0 knows no Transfer-Encoding");
  if (base::equal_ignoring_case(*headers.find("Transfer-Encoding"), "chunked")) return {};
  return no_answer("its Transfer-Encoding is another than chunked");
}

}  // namespace

base::Status check_fields(const Headers& headers) {
  for (const auto& [name, value] : headers.entries()) {
    if (!is_token(name) || !is_field_value(value)) return no_answer("a line of its headers is none");
  }
  return {};
}

base::Result<BodyForm> judge_head(int status, std::string_view version, const Headers& headers) {
  if (status < 200) return no_answer("its status is an interim one, which was not asked for");
  GUARDIAN_TRY(check_fields(headers));
  BodyForm form;
  GUARDIAN_TRY(judge_coding(headers, form));
  GUARDIAN_TRY(judge_framing(version, headers, form));
  return form;
}

}  // namespace guardian::net
