// The agent as it is installed, with a service that acknowledges, or does not, and a broker that goes away.

#include "core/ack.hpp"
#include "core/sample_codec.hpp"
#include "tests/unit/agent/test_broker.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace atlas::agent::test {
namespace {

class StoreAndForward : public testing::Test {
 protected:
  test_agent::settings here() const {
    return {.url = broker.url(),
            .ca_file = broker.ca_file(),
            .more = {"--retry-interval", "1"},
            .home = home.path()};
  }

  // What has come on …/metrics: the numbers of each message, in the order of arrival, by boot.
  static std::vector<std::vector<sample>> messages(const test_observer& observer) {
    sample_decoder decoder;
    std::vector<std::vector<sample>> all;
    for (const auto& payload : observer.heard("metrics")) {
      EXPECT_TRUE(decoder.decode(payload, all.emplace_back()).has_value()) << payload;
    }
    return all;
  }
  static std::map<std::string, std::set<std::uint64_t>> numbers(const test_observer& observer) {
    std::map<std::string, std::set<std::uint64_t>> found;
    for (const auto& message : messages(observer)) {
      for (const auto& one : message) found[one.boot].insert(*one.seq);
    }
    return found;
  }
  // Whether every number of that boot from 1 to `last` comes.
  static bool hears_all(const test_observer& observer, const std::string& boot, std::uint64_t last) {
    return eventually([&] {
      const auto found = numbers(observer)[boot];
      std::uint64_t next = 1;
      while (found.count(next) == 1) ++next;
      return next > last;
    });
  }
  // An array of so many samples at least, and nothing else than arrays and single samples.
  static bool hears_array(const test_observer& observer, std::size_t least) {
    return eventually([&] {
      const auto all = observer.heard("metrics");
      return std::any_of(all.begin(), all.end(), [&](const std::string& payload) {
        return payload.starts_with('[') && count_of(payload, "\"seq\":") >= least;
      });
    });
  }
  static std::string first_boot(const test_observer& observer) {
    EXPECT_TRUE(observer.hears("metrics", "\"seq\":"));
    return messages(observer).at(0).at(0).boot;
  }
  void acknowledge(const sample_ack& ack) const { broker.publish(topic_of("ack"), format_ack(ack), false); }

  fixture_root home;
  test_broker broker;
};

TEST_F(StoreAndForward, SendsTheNewestFirstAndThenWhatItMeasuredWhileTheBrokerWasAway) {
  test_agent agent(here());
  ASSERT_TRUE(agent.says("connected to"));
  broker.kill();
  ASSERT_TRUE(agent.says("was lost"));
  ASSERT_TRUE(agent.says("nothing listens at"));
  // Six waits of half a second to a second take more than two, and so more than one sample's time.
  ASSERT_TRUE(eventually([&] { return count_of(agent.output(), "next attempt in") >= 7; }));
  agent.program().send(SIGSTOP);
  broker.start();
  const test_observer observer(broker);
  agent.program().send(SIGCONT);
  ASSERT_TRUE(hears_array(observer, 1)) << agent.output();
  EXPECT_TRUE(observer.hears("status", "online"));
  const auto came = messages(observer);
  ASSERT_EQ(came.at(0).size(), 1U);
  const auto newest = came.at(0).at(0);
  ASSERT_GE(*newest.seq, 2U);
  EXPECT_TRUE(hears_all(observer, newest.boot, *newest.seq)) << "none is left out";
  EXPECT_EQ(count_of(agent.output(), "nothing listens at"), 1U) << "a reason is said once";
}

TEST_F(StoreAndForward, KeepsASampleUntilTheServiceHasStoredIt) {
  const test_observer observer(broker);
  test_agent agent(here());
  const auto boot = first_boot(observer);
  ASSERT_TRUE(observer.hears("metrics", "\"seq\":3,"));
  acknowledge({boot, 2, {}});
  ASSERT_TRUE(agent.says("is stored up to 2; "));
  broker.kill();
  ASSERT_TRUE(agent.says("was lost"));
  agent.program().send(SIGSTOP);
  broker.start();
  const test_observer later(broker, "latecomer");
  agent.program().send(SIGCONT);
  ASSERT_TRUE(hears_array(later, 1)) << "although the broker had taken it";
  EXPECT_TRUE(eventually([&] { return numbers(later)[boot].count(3) == 1; }));
  EXPECT_EQ(numbers(later)[boot].count(2), 0U) << "what is stored is not sent again";
}

TEST_F(StoreAndForward, SendsWhatIsMissingOnceMore) {
  const test_observer observer(broker);
  test_agent agent(here());
  const auto boot = first_boot(observer);
  ASSERT_TRUE(observer.hears("metrics", "\"seq\":4,"));
  // It takes what it has just sent for being under way: so it is asked until it believes it.
  ASSERT_TRUE(eventually([&] {
    acknowledge({boot, 4, {{2, 3}}});
    const auto all = messages(observer);
    return std::any_of(all.begin(), all.end(), [](const std::vector<sample>& message) {
      return message.size() == 2 && message[0].seq == 2U && message[1].seq == 3U;
    });
  })) << agent.output();
}

TEST_F(StoreAndForward, SendsTheSamplesOfAnEarlierRun) {
  std::string boot;
  std::uint64_t last = 0;
  {
    const test_observer observer(broker);
    test_agent agent(here());
    boot = first_boot(observer);
    ASSERT_TRUE(observer.hears("metrics", "\"seq\":3,"));
    agent.program().send(SIGKILL);
    agent.program().wait();
    last = *numbers(observer)[boot].rbegin();
  }
  broker.kill();
  broker.start();
  const test_observer observer(broker);
  const test_agent again(here());
  EXPECT_TRUE(again.says("samples of an earlier run wait to be delivered")) << again.output();
  EXPECT_TRUE(hears_all(observer, boot, last));
  const auto came = messages(observer);
  EXPECT_NE(came.at(0).at(0).boot, boot) << "the newest comes first";
  acknowledge({boot, last, {}});
  EXPECT_TRUE(again.says("is stored up to " + std::to_string(last)));
}

TEST_F(StoreAndForward, KeepsItsSpoolToItself) {
  const test_observer observer(broker);
  const test_agent agent(here());
  first_boot(observer);
  const auto folder = home.path("/.fleet-agent/spool-") + test_org + "-h1";
  const auto mode = [](const std::filesystem::path& of) {
    return std::filesystem::status(of).permissions() & std::filesystem::perms::mask;
  };
  EXPECT_EQ(mode(folder), std::filesystem::perms::owner_all);
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    ++files;
    EXPECT_EQ(mode(file.path()), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  EXPECT_EQ(files, 1U);
}

TEST_F(StoreAndForward, SaysWhatItCannotUnderstand) {
  const test_observer observer(broker);
  const test_agent agent(here());
  first_boot(observer);
  broker.publish(topic_of("ack"), R"({"boot":"x","seq":-1})", false);
  EXPECT_TRUE(agent.says("ignoring the acknowledgement that the broker sent: /seq")) << agent.output();
}

}  // namespace
}  // namespace atlas::agent::test
