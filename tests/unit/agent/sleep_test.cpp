// The agent as it is installed, on a machine that goes to sleep.

#include "core/host_status.hpp"
#include "tests/unit/agent/fake_logind.hpp"
#include "tests/unit/agent/test_broker.hpp"

#include <csignal>
#include <sstream>

#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

class AgentSleep : public testing::Test {
 protected:
  test_agent::settings here() const {
    return {.url = broker.url(),
            .ca_file = broker.ca_file(),
            .more = {},
            .home = {},
            .environment = {{"DBUS_SYSTEM_BUS_ADDRESS", logind.address()}}};
  }
  // What …/status has said, in order.
  static std::vector<std::string> states(const test_observer& observer) {
    std::vector<std::string> said;
    for (const auto& payload : observer.heard("status")) {
      const auto status = parse_host_status(payload);
      said.emplace_back(status ? to_string(status->state) : payload);
    }
    return said;
  }

  // How often the log says that a status has come, up to `end`.
  static int statuses_before(const std::string& log, std::string_view end) {
    std::istringstream lines(log.substr(0, log.find(end)));
    int found = 0;
    for (std::string line; std::getline(lines, line);) {
      found += line.find("Received PUBLISH from") != std::string::npos &&
               line.find("/status'") != std::string::npos;
    }
    return found;
  }
  static constexpr std::string_view goodbye = "Received DISCONNECT from";

  fake_logind logind;
  test_broker broker;
};

TEST_F(AgentSleep, IsAnnouncedBeforeItBeginsAndEndsWithAnOnline) {
  const test_observer observer(broker);
  const test_agent agent(here());
  ASSERT_TRUE(observer.hears("metrics", "\"seq\":1,")) << agent.output();
  ASSERT_TRUE(eventually([&] { return logind.locks() == 1; })) << agent.output();
  logind.prepare_for_sleep(true);
  EXPECT_TRUE(eventually([&] { return logind.locks() == 0; })) << "lets the machine sleep";
  EXPECT_TRUE(eventually([&] { return states(observer) == std::vector<std::string>{"online", "sleeping"}; }));
  // Taking a nap, not dying: the broker has been told goodbye.
  ASSERT_TRUE(eventually([&] { return broker.log().find(goodbye) != std::string::npos; }));
  EXPECT_EQ(statuses_before(broker.log(), goodbye), 2) << "and had been told before why";
  const auto samples = observer.heard("metrics").size();
  logind.prepare_for_sleep(false);
  ASSERT_TRUE(eventually([&] { return states(observer).size() == 3; })) << agent.output();
  EXPECT_EQ(states(observer).back(), "online");
  EXPECT_TRUE(eventually([&] { return observer.heard("metrics").size() > samples; }));
  EXPECT_TRUE(eventually([&] { return logind.locks() == 1 && logind.locks_given() == 2; }))
      << "for the next time";
}

TEST_F(AgentSleep, IsNothingToAMachineWithoutLogind) {
  auto settings = here();
  settings.environment = {{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere"}};
  const test_observer observer(broker);
  test_agent agent(settings);
  EXPECT_TRUE(observer.hears("metrics", "\"seq\":2,")) << agent.output();
  agent.program().send(SIGTERM);
  EXPECT_EQ(agent.program().wait(), 0);
}

TEST_F(AgentSleep, WhileTheBrokerIsAwayHoldsNothingUp) {
  const test_agent agent(here());
  ASSERT_TRUE(agent.says("connected to"));
  ASSERT_TRUE(eventually([&] { return logind.locks() == 1; })) << agent.output();
  broker.kill();
  ASSERT_TRUE(agent.says("was lost"));
  logind.prepare_for_sleep(true);
  EXPECT_TRUE(eventually([&] { return logind.locks() == 0; }));
  broker.start();
  const test_observer observer(broker);
  logind.prepare_for_sleep(false);
  EXPECT_TRUE(observer.hears("status", "online")) << agent.output();
}

}  // namespace
}  // namespace atlas::agent::test
