#include "tests/unit/limits/redis_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace guardian::limits {

namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// One that nobody listens on at the moment.
std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const timeval patience{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments) : arguments_(std::move(arguments)), port_(free_port()) {
  start();
}

RedisServer::~RedisServer() { kill(); }

std::string RedisServer::url(const std::string& user, const std::string& database) const {
  return "redis://" + user + "127.0.0.1:" + std::to_string(port_) + database;
}

void RedisServer::start() {
  std::vector<std::string> words = {"redis-server",
                                    "--port",
                                    std::to_string(port_),
                                    "--bind",
                                    "127.0.0.1",
                                    "--save",
                                    "",
                                    "--appendonly",
                                    "no",
                                    "--dir",
                                    dir_.path(),
                                    "--daemonize",
                                    "no",
                                    "--logfile",
                                    dir_.file("log")};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const int spawned = ::posix_spawnp(&process_, "redis-server", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  REQUIRE_MESSAGE(spawned == 0, "redis-server cannot be started: is it installed?");
  bool up = false;
  for (int i = 0; i < 1'000 && !up; ++i) {
    up = answers();
    if (!up) std::this_thread::sleep_for(10ms);
  }
  REQUIRE_MESSAGE(up, "redis-server does not answer: ", dir_.read("log"));
}

bool RedisServer::answers() {
  const std::string answer = command({"PING"});
  return answer.starts_with("+PONG") || answer.starts_with("-NOAUTH");
}

void RedisServer::kill() {
  if (connection_ >= 0) ::close(connection_);
  connection_ = -1;
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServer::stop_answering() const { ::kill(process_, SIGSTOP); }
void RedisServer::go_on_answering() const { ::kill(process_, SIGCONT); }

std::string RedisServer::command(const std::vector<std::string>& words) {
  if (connection_ < 0) connection_ = connect_to(port_);
  if (connection_ < 0) return "";
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  if (::send(connection_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) return "";
  // All answers that tests ask for are short, and come in one piece.
  char answer[4'096];
  const ssize_t got = ::recv(connection_, answer, sizeof answer, 0);
  return got > 0 ? std::string(answer, static_cast<std::size_t>(got)) : std::string();
}

}  // namespace guardian::limits
