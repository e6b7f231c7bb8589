#include "unit/audit/forwarding_rig.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "guardian/audit/event_line.h"
#include "guardian/crypto/digest.h"
#include "guardian/json/reader.h"
#include "guardian/net/gunzip.h"

namespace guardian::test {

namespace {

std::string make_id(std::uint64_t seq) {
  const std::string digits = std::to_string(seq);
  return "019b0000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string make_line(std::uint64_t seq, const FileBacklog::Event& event, const std::string& prev) {
  std::string line = event.alert ? R"({"alert":"warning",)" : R"({"alert":null,)";
  line += R"("filling":")" + event.filling + R"(","id":")" + make_id(seq) + R"(","prev":")" + prev + R"(","seq":)" +
          std::to_string(seq) + R"(,"time":"2026-04-18T12:00:00.000Z","type":"decision")";
  const std::string hash = crypto::hex(crypto::sha256(line + "}"));
  return line + R"(,"hash":")" + hash + "\"}";
}

Posted read_post(const std::string& gzip_body) {
  net::Gunzip gunzip;
  std::string body;
  REQUIRE(gunzip.feed(gzip_body, body, std::size_t{8} << 20).ok());
  REQUIRE(gunzip.complete());
  json::LeftList events{.key = "events", .items = {}};
  json::ReadLimits limits;
  limits.max_bytes = body.size();
  const auto document = json::parse_in_place(body, limits, {&events, 1});
  REQUIRE(document.ok());
  REQUIRE(document->root().as_object().size() == 2);
  Posted posted;
  posted.sidecar = document->root().find("sidecar")->as_text();
  posted.body_bytes = body.size();
  for (const auto& item : events.items) posted.events.push_back(body.substr(item.begin, item.end - item.begin));
  return posted;
}

std::string id_of(const std::string& event) {
  const auto at = event.find(R"("id":")");
  return at == std::string::npos ? std::string() : event.substr(at + 6, 36);
}

net::Answer plain_answer(int status, std::string body = {}) {
  net::Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

}  // namespace

std::string FileBacklog::append(const Event& event) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t seq = last_ + 1;
  const std::string line = make_line(seq, event, prev_);
  prev_ = audit::read_event_line(line)->hash;
  std::ofstream(directory_ + "/" + audit::segment_name(segments_.back()), std::ios::app) << line << '\n';
  lines_.push_back(line);
  last_ = seq;
  if (event.alert) last_alert_ = seq;
  changed_.notify_all();
  return make_id(seq);
}

void FileBacklog::append_many(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) append();
}

void FileBacklog::append_raw(std::string_view bytes, std::uint64_t lost) {
  const std::lock_guard lock(mutex_);
  std::ofstream(directory_ + "/" + audit::segment_name(segments_.back()), std::ios::app) << bytes;
  last_ += lost;
}

void FileBacklog::rotate() {
  const std::lock_guard lock(mutex_);
  segments_.push_back(last_ + 1);
}

void FileBacklog::drop_oldest() {
  const std::lock_guard lock(mutex_);
  std::filesystem::remove(directory_ + "/" + audit::segment_name(segments_.front()));
  segments_.erase(segments_.begin());
}

void FileBacklog::clear() {
  const std::lock_guard lock(mutex_);
  for (const std::uint64_t first : segments_) {
    std::filesystem::remove(directory_ + "/" + audit::segment_name(first));
  }
  segments_ = {1};
  lines_.clear();
  prev_ = std::string(64, '0');
  last_ = forwarded_ = last_alert_ = 0;
  ++generation_;
}

std::uint64_t FileBacklog::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

std::uint64_t FileBacklog::last_seq() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::uint64_t FileBacklog::forwarded() const {
  const std::lock_guard lock(mutex_);
  return forwarded_;
}

base::Status FileBacklog::acknowledge(std::uint64_t seq, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return {};
  CHECK(seq >= forwarded_);
  CHECK(seq <= last_);
  forwarded_ = seq;
  changed_.notify_all();
  if (acknowledge_fails) return base::Error(base::ErrorCode::Io, "no space left");
  return {};
}

bool FileBacklog::wait_for_urgent(std::stop_token stop, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto is_urgent = [this] { return last_alert_ > forwarded_; };
  if (waits_only_for_urgent) return changed_.wait(lock, stop, is_urgent);
  return changed_.wait_for(lock, stop, timeout, is_urgent);
}

bool FileBacklog::wait_for_forwarded(std::uint64_t seq, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return forwarded_ >= seq; });
}

std::vector<std::string> FileBacklog::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

StoringGateway& StoringGateway::then(Step step) {
  script_.push_back(std::move(step));
  return *this;
}

StoringGateway& StoringGateway::answers(int status, std::string body, std::string retry_after) {
  net::Answer answer = plain_answer(status, std::move(body));
  if (!retry_after.empty()) answer.headers.add("Retry-After", std::move(retry_after));
  return then([answer](StoringGateway&, const net::Call&) { return answer; });
}

StoringGateway& StoringGateway::is_away() {
  return then([](StoringGateway&, const net::Call&) -> base::Result<net::Answer> {
    return base::Error(base::ErrorCode::Network, "connection refused");
  });
}

StoringGateway& StoringGateway::stores_and_loses_the_answer() {
  return then([](StoringGateway& gateway, const net::Call& call) -> base::Result<net::Answer> {
    static_cast<void>(gateway.store(call.body));
    return base::Error(base::ErrorCode::Network, "the connection was closed before the answer came");
  });
}

base::Result<net::Answer> StoringGateway::send(const net::Call& call) {
  Step step;
  {
    const std::lock_guard lock(mutex_);
    posts_.push_back(read_post(call.body));
    if (!script_.empty()) {
      step = std::move(script_.front());
      script_.pop_front();
    }
  }
  return step ? step(*this, call) : store(call.body);
}

net::Answer StoringGateway::store(const std::string& gzip_body) {
  const std::lock_guard lock(mutex_);
  std::size_t accepted = 0;
  std::size_t duplicates = 0;
  std::string rejected;
  for (const std::string& event : read_post(gzip_body).events) {
    const std::string id = id_of(event);
    if (const auto found = rejects.find(id); found != rejects.end()) {
      rejected +=
          (rejected.empty() ? "" : ",") + std::string(R"({"id":")") + id + R"(","error":")" + found->second + "\"}";
    } else if (ids_.emplace(id, stored_.size()).second) {
      stored_.push_back(event);
      ++accepted;
    } else {
      ++duplicates;
    }
  }
  return plain_answer(200, R"({"accepted":)" + std::to_string(accepted) + R"(,"duplicates":)" +
                               std::to_string(duplicates) + R"(,"rejected":[)" + rejected + "]}");
}

std::vector<std::string> StoringGateway::stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

std::vector<Posted> StoringGateway::posts() const {
  const std::lock_guard lock(mutex_);
  return posts_;
}

audit::ForwarderOptions forwarder_options(const std::string& url) {
  audit::ForwarderOptions options;
  options.sidecar_id = "host-1";
  options.call = [url](std::string body) {
    net::Call call;
    call.method = "POST";
    call.url = url;
    call.content_type = "application/json";
    call.headers.add("Content-Encoding", "gzip");
    call.body = std::move(body);
    return call;
  };
  return options;
}

}  // namespace guardian::test
