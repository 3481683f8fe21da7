#include "test_broker.hpp"

#include "broker/files.hpp"
#include "broker/running.hpp"
#include "core/user_name.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atlas::ingest {

namespace asio = boost::asio;

namespace {

asio::ip::tcp::endpoint local(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

std::uint16_t free_port() {
  asio::io_context io;
  return asio::ip::tcp::acceptor(io, local(0)).local_endpoint().port();
}

bool listens(std::uint16_t port) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  boost::system::error_code failed;
  socket.connect(local(port), failed);
  return !failed;
}

}  // namespace

test_broker::test_broker() : port_(free_port()) {
  std::vector<broker::credential> credentials{
      {ingest_user_name(test_org()), derive_ingest_password(key_, test_org())}};
  for (const auto* id : {"h1", "h2"}) {
    credentials.push_back(
        {host_user_name(test_org(), host(id)), derive_host_password(key_, test_org(), host(id), 1)});
  }
  const broker::broker_options options{dir_.path(), {"localhost", port_}, {}, broker::find_guard(), "{}"};
  const auto rendered = broker::render(options, credentials);
  if (!rendered) {
    throw std::runtime_error(rendered.error().where + ": " + rendered.error().what);
  }
  // The same broker at an address that its certificate does not bear.
  const auto certs = (dir_.path() / "certs").string();
  std::ofstream(dir_.path() / "mosquitto.conf", std::ios::app)
      << "listener " << port_ << " 127.0.0.2\ncertfile " << certs << "/server.crt\nkeyfile " << certs
      << "/server.key\n";
  start();
}

test_broker::~test_broker() { kill(); }

void test_broker::start() {
  const auto conf = (dir_.path() / "mosquitto.conf").string();
  const auto log = (dir_.path() / "log").string();
  const char* const arguments[] = {"mosquitto", "-c", conf.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  const int failed = ::posix_spawn(&pid_, "/usr/sbin/mosquitto", &actions, nullptr,
                                   const_cast<char* const*>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw std::runtime_error("mosquitto does not start");
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!listens(port_)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw std::runtime_error("mosquitto does not listen");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void test_broker::signal(int number) {
  if (pid_ != 0) {
    ::kill(pid_, number);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

void test_broker::stop() { signal(SIGTERM); }
void test_broker::kill() { signal(SIGKILL); }

mqtt_options test_broker::service_options() const {
  return {{"localhost", port_}, dir_.path() / "certs" / "ca.crt", ingest_user_name(test_org()), [this] {
            return std::vector{derive_ingest_password(key_, test_org())};
          }};
}

std::unique_ptr<mqtt::client> test_broker::connect_host(std::string_view id) const {
  const auto user = host_user_name(test_org(), host(id));
  auto client = std::make_unique<mqtt::client>("ssl://localhost:" + std::to_string(port_), user,
                                               mqtt::create_options(MQTTVERSION_5));
  mqtt::ssl_options tls;
  tls.set_trust_store((dir_.path() / "certs" / "ca.crt").string());
  mqtt::connect_options connect;
  connect.set_mqtt_version(MQTTVERSION_5);
  connect.set_clean_start(true);
  connect.set_user_name(user);
  connect.set_password(derive_host_password(key_, test_org(), host(id), 1));
  connect.set_ssl(tls);
  client->connect(connect);
  return client;
}

}  // namespace atlas::ingest
