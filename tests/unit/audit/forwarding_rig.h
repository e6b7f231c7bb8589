// Both ends of forwarding for tests: a store that is only its files, and a gateway in memory that misbehaves as told.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/audit/backlog.h"
#include "guardian/audit/forwarder.h"
#include "guardian/net/client.h"
#include "support/temp_dir.h"

namespace guardian::test {

// Any thread.
class FileBacklog final : public audit::Backlog {
 public:
  struct Event {
    bool alert = false;
    std::string filling;  // makes it as long as wanted
  };

  // Appends one event; returns its id.
  std::string append(const Event& event);
  std::string append() { return append(Event()); }
  void append_many(std::size_t count);
  // Bytes into the newest segment as they are; the next event keeps the seq that it would have had, but for `lost`.
  void append_raw(std::string_view bytes, std::uint64_t lost = 0);
  // What is appended next goes into a new segment.
  void rotate();
  // The oldest segment goes, sent or not.
  void drop_oldest();
  // All goes, and the chain begins anew.
  void clear();

  [[nodiscard]] const std::string& directory() const override { return directory_; }
  [[nodiscard]] std::uint64_t generation() const override;
  [[nodiscard]] std::uint64_t last_seq() const override;
  [[nodiscard]] std::uint64_t forwarded() const override;
  base::Status acknowledge(std::uint64_t seq, std::uint64_t generation) override;
  void count_refused(std::uint64_t events) override { refused += events; }
  [[nodiscard]] bool wait_for_urgent(std::stop_token stop, std::chrono::milliseconds timeout) override;

  [[nodiscard]] bool wait_for_forwarded(std::uint64_t seq, std::chrono::milliseconds timeout);
  [[nodiscard]] std::vector<std::string> lines() const;  // in order, of all segments, gone ones too
  std::atomic<std::uint64_t> refused = 0;
  bool acknowledge_fails = false;
  std::atomic<bool> waits_only_for_urgent = false;  // time never passes

 private:
  TempDir dir_;
  const std::string directory_ = dir_.path();
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::uint64_t> segments_ = {1};
  std::vector<std::string> lines_;
  std::string prev_ = std::string(64, '0');
  std::uint64_t generation_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t forwarded_ = 0;
  std::uint64_t last_alert_ = 0;
};

// What a sidecar posts: the texts of the events, as sent.
struct Posted {
  std::string sidecar;
  std::vector<std::string> events;
  std::size_t body_bytes = 0;  // before gzip
};

class StoringGateway final : public net::HttpClient {
 public:
  // One step of the script instead of what a good gateway does; without any it stores and says so.
  using Step = std::function<base::Result<net::Answer>(StoringGateway&, const net::Call&)>;
  StoringGateway& then(Step step);
  StoringGateway& answers(int status, std::string body = {}, std::string retry_after = {});
  StoringGateway& is_away();
  StoringGateway& stores_and_loses_the_answer();

  [[nodiscard]] base::Result<net::Answer> send(const net::Call& call) override;
  // Stores what is new; events whose id is among `rejects` are rejected.
  [[nodiscard]] net::Answer store(const std::string& gzip_body);

  std::map<std::string, std::string> rejects;  // id -> error
  [[nodiscard]] std::vector<std::string> stored() const;
  [[nodiscard]] std::vector<Posted> posts() const;

 private:
  mutable std::mutex mutex_;
  std::deque<Step> script_;
  std::vector<Posted> posts_;
  std::vector<std::string> stored_;
  std::map<std::string, std::size_t> ids_;
};

[[nodiscard]] audit::ForwarderOptions forwarder_options(const std::string& url = "http://127.0.0.1:1/audit");

}  // namespace guardian::test
