#include "broker/running.hpp"

#include "broker/output_file.hpp"
#include "broker/spawn.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::broker {

namespace {

std::string read_proc(pid_t pid, const char* name) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

bool has_argument(std::string_view cmdline, std::string_view wanted) {
  while (!cmdline.empty()) {
    const auto end = std::min(cmdline.find('\0'), cmdline.size());
    if (cmdline.substr(0, end) == wanted) return true;
    cmdline.remove_prefix(std::min(end + 1, cmdline.size()));
  }
  return false;
}

bool is_zombie(pid_t pid) {
  const auto status = read_proc(pid, "status");
  return status.find("\nState:\tZ") != std::string::npos;
}

// 0 or errno of a bind.
int try_bind(int family, const sockaddr* address, socklen_t size) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;  // the family does not exist here
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const int code = bind(fd, address, size) == 0 && listen(fd, 1) == 0 ? 0 : errno;
  close(fd);
  return code;
}

int try_ipv4(const char* host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return 0;
  return try_bind(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

int try_ipv6(const char* host, std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  if (inet_pton(AF_INET6, host, &address.sin6_addr) != 1) return 0;
  return try_bind(AF_INET6, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace

std::optional<pid_t> find_running(const std::filesystem::path& dir) {
  std::ifstream stream(dir / "mosquitto.pid");
  pid_t pid = 0;
  if (!(stream >> pid) || pid <= 1) return std::nullopt;
  if (read_proc(pid, "comm") != "mosquitto\n" || is_zombie(pid)) return std::nullopt;
  if (!has_argument(read_proc(pid, "cmdline"), (dir / "mosquitto.conf").string())) return std::nullopt;
  return pid;
}

result<void> check_can_reload(pid_t pid, const account& owner) {
  struct stat status{};
  if (stat(("/proc/" + std::to_string(pid)).c_str(), &status) != 0) {
    return failure("broker", "ended just now; start it again");
  }
  if (status.st_uid == 0 || status.st_uid == owner.uid) return {};
  return failure("broker", "process " + std::to_string(pid) + " runs as user " +
                               std::to_string(status.st_uid) + " and could not read files of " + owner.name +
                               "; stop it and start it again, or run this as that user");
}

result<void> ask_to_reload(pid_t pid) {
  if (kill(pid, SIGHUP) == 0) return {};
  return failure("broker", "process " + std::to_string(pid) + " cannot be told to reload (" +
                               std::strerror(errno) + "); run this as the user who started it");
}

result<std::filesystem::path> find_mosquitto() {
  if (auto found = find_program("mosquitto")) return *found;
  return failure("mosquitto", "is not installed; install it with `apt-get install mosquitto`");
}

std::filesystem::path find_guard() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  auto file = program.parent_path().parent_path() / "lib/atlas-fleet/atlas-guard.so";
  return std::filesystem::exists(file, failed) ? file : std::filesystem::path();
}

result<void> check_port_is_free(const listener_address& listener) {
  int code = 0;
  if (!listener.is_local()) {
    code = try_ipv4("0.0.0.0", listener.port);
    if (code == 0) code = try_ipv6("::", listener.port);
  } else if (listener.host == "localhost") {
    code = try_ipv4("127.0.0.1", listener.port);
  } else {
    code = try_ipv4(listener.host.c_str(), listener.port);
    if (code == 0) code = try_ipv6(listener.host.c_str(), listener.port);
  }
  if (code == EADDRINUSE) {
    return failure("broker", "port " + std::to_string(listener.port) +
                                 " is in use by another program; stop that, or give every organisation "
                                 "another port with `atlas-fleet org set ORG broker.url mqtts://host:port`");
  }
  if (code == EACCES) {
    return failure(
        "broker", "port " + std::to_string(listener.port) + " may be used by root only; take one above 1023");
  }
  return {};
}

}  // namespace atlas::broker
