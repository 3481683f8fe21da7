#include "test_broker.hpp"

#include "broker/account.hpp"
#include "broker/running.hpp"
#include "broker/spawn.hpp"
#include "deadline.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atlas::broker {

std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<const sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

namespace {

bool takes_connections(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return connected;
}

}  // namespace

temporary_folder::temporary_folder(bool open) {
  std::string name = (std::filesystem::temp_directory_path() / "atlas-broker-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
  if (open) chmod(name.c_str(), 0711);
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text;
}

test_broker::test_broker(bool open_folder) : folder_(open_folder) {
  options.dir = folder_.path() / "broker";
  options.listener = {"localhost", free_port()};
  options.guard = find_guard();
}

test_broker::~test_broker() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void test_broker::start() {
  const auto mosquitto = find_mosquitto();
  if (!mosquitto) throw std::runtime_error(mosquitto.error().what);
  const int log = open((folder_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto pid =
      spawn({*mosquitto, {"-c", (dir() / "mosquitto.conf").string()}, broker_account(dir()), SIGKILL}, log);
  close(log);
  if (!pid) throw std::runtime_error(pid.error().what);
  pid_ = *pid;
  // It listens before it has read its certificate: it has read everything when it answers a login.
  const auto answers = [&] { return mqtt_user(port(), ca_file(), {"nobody", "x"}).connect() != -1; };
  if (!eventually([&] { return takes_connections(port()); }) || !eventually(answers)) {
    throw std::runtime_error("the broker does not start: " + this->log());
  }
}

void test_broker::stop() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace atlas::broker
