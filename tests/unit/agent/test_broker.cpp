#include "tests/unit/agent/test_broker.hpp"

#include "tests/unit/agent/certificates.hpp"

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace atlas::agent::test {

namespace {

constexpr const char* other_password = "password-of-others";
constexpr const char* mosquitto = "/usr/sbin/mosquitto";

}  // namespace

std::string topic_of(const std::string& channel) {
  return std::string("org/") + test_org + "/host/h1/" + channel;
}

test_broker::test_broker(const std::string& names, int days) {
  make_certificates(folder_.path(), names, days);
  folder_.write("/passwd", "");
  const std::string host = std::string(test_org) + "/host/h1";
  run_to_end({"mosquitto_passwd", "-b", folder_.path("/passwd"), host, test_password},
             folder_.path("/passwd.log"));
  for (const char* user : {"observer", "latecomer", "publisher"}) {
    run_to_end({"mosquitto_passwd", "-b", folder_.path("/passwd"), user, other_password},
               folder_.path("/passwd.log"));
  }
  start();
}

void test_broker::start() {
  // Another test may take the port between its choice and its use: then it is another one's turn.
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (port_ == 0) port_ = free_port();
    folder_.write("/mosquitto.conf",
                  "listener " + std::to_string(port_) + " 127.0.0.1\ncafile " + folder_.path("/ca.crt") +
                      "\ncertfile " + folder_.path("/server.crt") + "\nkeyfile " +
                      folder_.path("/server.key") + "\npassword_file " + folder_.path("/passwd") +
                      "\nallow_anonymous false\n" + "use_username_as_clientid true\nlog_type all\n" +
                      (::geteuid() == 0 ? "user root\n" : ""));
    // An earlier run's log would say that it is running already.
    std::filesystem::remove(folder_.path("/mosquitto.log"));
    broker_ =
        std::make_unique<process>(std::vector<std::string>{mosquitto, "-c", folder_.path("/mosquitto.conf")},
                                  folder_.path("/mosquitto.log"));
    const bool settled = eventually([&] {
      return log().find(" running") != std::string::npos || log().find("Error: ") != std::string::npos;
    });
    if (settled && log().find(" running") != std::string::npos) return;
    port_ = 0;
  }
  throw std::runtime_error("mosquitto does not start: " + log());
}

std::vector<std::string> test_broker::client(const std::string& program, const std::string& user) const {
  return {program, "-h", "localhost", "-p", std::to_string(port_), "--cafile", ca_file(), "-q",
          "1",     "-u", user,        "-P", other_password};
}

void test_broker::publish(const std::string& topic, const std::string& payload, bool retained) const {
  auto arguments = client("mosquitto_pub", "publisher");
  arguments.insert(arguments.end(), {"-t", topic, "-m", payload});
  if (retained) arguments.emplace_back("-r");
  run_to_end(arguments, folder_.path("/pub.log"));
}

test_observer::test_observer(const test_broker& broker, const std::string& user) {
  auto arguments = broker.client("mosquitto_sub", user);
  arguments.insert(arguments.end(), {"-t", "org/#", "-F", "%r %t %p"});
  subscriber_ = std::make_unique<process>(arguments, broker.folder().path("/" + user + ".log"));
  const bool subscribed =
      eventually([&] { return broker.log().find("Sending SUBACK to " + user) != std::string::npos; });
  if (!subscribed) throw std::runtime_error("cannot subscribe: " + all());
}

std::vector<std::string> test_observer::heard(const std::string& channel) const {
  std::vector<std::string> payloads;
  std::istringstream lines(all());
  for (std::string line; std::getline(lines, line);) {
    const auto topic = line.find(' ' + topic_of(channel) + ' ');
    if (topic == 1) payloads.push_back(line.substr(topic + topic_of(channel).size() + 2));
  }
  return payloads;
}

bool test_observer::hears(const std::string& channel, const std::string& part) const {
  return eventually([&] {
    for (const auto& payload : heard(channel)) {
      if (payload.find(part) != std::string::npos) return true;
    }
    return false;
  });
}

test_agent::test_agent(const settings& with) {
  std::vector<std::string> arguments{ATLAS_AGENT_PROGRAM,
                                     "--server-url",
                                     with.url,
                                     "--organization-id",
                                     test_org,
                                     "--host-id",
                                     "h1",
                                     "--report-interval",
                                     "1",
                                     "--verbose"};
  if (!with.ca_file.empty()) arguments.insert(arguments.end(), {"--ca-file", with.ca_file});
  arguments.insert(arguments.end(), with.more.begin(), with.more.end());
  auto environment = with.environment;
  environment["ATLAS_AGENT_PASSWORD"] = with.password;
  environment["HOME"] = with.home.empty() ? folder_.path() : with.home;
  program_ = std::make_unique<process>(arguments, folder_.path("/agent.log"), environment);
}

}  // namespace atlas::agent::test
