#include "broker/guard/gatekeeper.hpp"

#include <string>

#include <gtest/gtest.h>

namespace atlas::guard {
namespace {

using std::chrono::seconds;

const std::string org_a = "aaaaaaaa-0000-4000-8000-00000000000a";
const std::string org_b = "bbbbbbbb-0000-4000-8000-00000000000b";
const std::string host_1 = org_a + "/host/h1";
const std::string host_2 = org_a + "/host/h2";
const std::string metrics_1 = "org/" + host_1 + "/metrics";
const std::string metrics_2 = "org/" + host_2 + "/metrics";

class Gatekeeper : public testing::Test {
 protected:
  Gatekeeper() { keeper.open(true); }

  bool may(const std::string& user, operation wanted, const std::string& topic) {
    return keeper.passes(user, topic, wanted, 1, now);
  }
  // How many of `count` messages pass at once.
  int send(const std::string& user, const std::string& topic, int count, std::size_t bytes = 1) {
    int passed = 0;
    for (int i = 0; i < count; ++i) {
      passed += keeper.passes(user, topic, operation::write, bytes, now) ? 1 : 0;
    }
    return passed;
  }
  // Of organisation a.
  template <class Value>
  void limit(Value limits::* which, Value value) {
    limits most;
    most.*which = value;
    keeper.set_limits({{org_id::parse(org_a).value(), most}});
  }
  guard_report report_of(const std::string& org) const {
    return keeper.reports().at(org_id::parse(org).value());
  }

  gatekeeper keeper;
  monotonic_time now = monotonic_time() + seconds(1000);
};

TEST_F(Gatekeeper, LetsEachUserIntoItsOwnTopicsOnly) {
  for (const auto wanted : {operation::read, operation::write, operation::subscribe}) {
    EXPECT_TRUE(may(host_1, wanted, metrics_1));
    EXPECT_TRUE(may(org_a, wanted, metrics_1));
    EXPECT_TRUE(may("canary", wanted, "org/canary/metrics"));
    for (const auto& foreign :
         {metrics_2, "org/" + org_a, "org/" + org_a + "/summary", std::string("org/+/host/h1"),
          std::string("#"), std::string("+/#"), std::string(), "$share/g/" + metrics_1, "$queue/" + metrics_1,
          std::string("$SYS/broker/uptime"), "/" + metrics_1, "org//" + host_1 + "/metrics",
          "org/" + host_1 + "0/metrics", "org/" + host_1}) {
      EXPECT_FALSE(may(host_1, wanted, foreign)) << foreign;
      EXPECT_FALSE(may(org_b, wanted, foreign)) << foreign;
      EXPECT_FALSE(may("canary", wanted, foreign)) << foreign;
    }
  }
}

TEST_F(Gatekeeper, LetsWildcardsInWithinTheUsersOwnTopics) {
  EXPECT_TRUE(may(org_a, operation::subscribe, "org/" + org_a + "/host/+/metrics"));
  EXPECT_TRUE(may(org_a, operation::subscribe, "org/" + org_a + "/#"));
  EXPECT_FALSE(may(host_1, operation::subscribe, "org/" + org_a + "/#"));
  EXPECT_FALSE(may(host_1, operation::subscribe, "org/" + org_a + "/host/+/metrics"));
}

TEST_F(Gatekeeper, LetsAnOrganisationsCanaryIntoItsOwnTopicsAndCountsNoneOfItsAttempts) {
  const auto canary = org_a + "/canary";
  EXPECT_TRUE(may(canary, operation::write, "org/" + canary + "/metrics"));
  for (const auto wanted : {operation::read, operation::write, operation::subscribe}) {
    for (const auto& foreign : {metrics_1, "org/" + org_a + "/summary", "org/" + org_b + "/host/h1/metrics",
                                std::string("#"), "$share/g/org/" + canary + "/config"}) {
      EXPECT_FALSE(may(canary, wanted, foreign)) << foreign;
    }
  }
  EXPECT_TRUE(keeper.reports().empty());
}

TEST_F(Gatekeeper, RefusesNamesThatAreNobodys) {
  for (const std::string name : {"", "#", "+", "aaaaaaaa-0000-4000-8000-00000000000a/host/+", "operator"}) {
    EXPECT_FALSE(may(name, operation::write, "org/" + name + "/metrics")) << name;
    EXPECT_FALSE(may(name, operation::subscribe, "org/" + name + "/#")) << name;
  }
}

TEST_F(Gatekeeper, RefusesEverythingWhileTheRulesDoNotHold) {
  keeper.open(false);
  EXPECT_FALSE(may(host_1, operation::write, metrics_1));
  EXPECT_FALSE(may(org_a, operation::read, metrics_1));
  EXPECT_FALSE(may(org_a, operation::subscribe, metrics_1));
}

TEST_F(Gatekeeper, StopsAHostAtItsLimitAndCostsItsNeighbourNothing) {
  limit(&limits::host_messages, rate_limit{10, 100});
  EXPECT_EQ(send(host_1, metrics_1, 150), 100);
  EXPECT_EQ(send(host_2, metrics_2, 100), 100);
  now += seconds(2);
  EXPECT_EQ(send(host_1, metrics_1, 150), 20);
  now += seconds(1000);
  EXPECT_EQ(send(host_1, metrics_1, 150), 100) << "no more than the burst";
}

TEST_F(Gatekeeper, CountsBytesToo) {
  limit(&limits::host_bytes, rate_limit{1000, 5000});
  EXPECT_EQ(send(host_1, metrics_1, 10, 1000), 5);
  EXPECT_EQ(send(host_1, metrics_1, 1, 0), 1) << "an empty one still passes";
}

TEST_F(Gatekeeper, StopsAnOrganisationAtItsLimitAndCostsAnotherNothing) {
  limit(&limits::messages, rate_limit{10, 100});
  EXPECT_EQ(send(host_1, metrics_1, 60), 60);
  EXPECT_EQ(send(host_2, metrics_2, 60), 40);
  EXPECT_EQ(send(org_b + "/host/h1", "org/" + org_b + "/host/h1/metrics", 200), 200);
}

TEST_F(Gatekeeper, CountsWhatItRefusesAgainstTheLimitToo) {
  limit(&limits::host_messages, rate_limit{1, 10});
  EXPECT_EQ(send(host_1, metrics_2, 20), 0);
  EXPECT_EQ(send(host_1, metrics_1, 1), 0);
}

TEST_F(Gatekeeper, LimitsTheConnectionsOfAnOrganisationButNotItsService) {
  limit(&limits::connections, std::size_t{2});
  const int clients[4]{};
  EXPECT_TRUE(keeper.connect(&clients[0], host_1));
  EXPECT_TRUE(keeper.connect(&clients[1], host_2));
  EXPECT_FALSE(keeper.connect(&clients[2], org_a + "/host/h3"));
  EXPECT_TRUE(keeper.connect(&clients[3], org_a));
  EXPECT_TRUE(keeper.connect(&clients[2], org_b + "/host/h1"));
  keeper.disconnect(&clients[0]);
  keeper.disconnect(&clients[0]);
  keeper.disconnect(&clients[3]);
  EXPECT_TRUE(keeper.connect(&clients[0], org_a + "/host/h3"));
}

TEST_F(Gatekeeper, ReportsToEachOrganisationItsOwnCounters) {
  limit(&limits::host_messages, rate_limit{10, 100});
  send(host_1, metrics_1, 150, 7);
  may(host_2, operation::subscribe, "#");
  may(host_2, operation::write, metrics_1);
  may(org_b, operation::write, "org/" + org_b + "/summary");
  EXPECT_EQ(report_of(org_a), (guard_report{0, 100, 50, 350, 1, 1, 0}));
  EXPECT_EQ(report_of(org_b), (guard_report{0, 1, 0, 0, 0, 0, 0}));
}

TEST_F(Gatekeeper, RemembersNobodyWhoDidNotProveWhoHeIs) {
  const int client{};
  for (int i = 0; i < 100; ++i) {
    keeper.connect(&client, org_b + "/host/h" + std::to_string(i));
    keeper.disconnect(&client);
  }
  EXPECT_TRUE(keeper.reports().empty());
}

TEST_F(Gatekeeper, ForgetsNoHostThatHasUsedItsLimit) {
  limit(&limits::host_messages, rate_limit{1, 100});
  send(host_1, metrics_1, 100);
  keeper.tidy(now);
  EXPECT_EQ(send(host_1, metrics_1, 1), 0);
  now += seconds(200);
  keeper.tidy(now);
  EXPECT_EQ(send(host_1, metrics_1, 150), 100);
}

TEST(Limits, AreReadWithDefaultsForWhatIsLeftOut) {
  const auto all = parse_limits("{\"" + org_a + "\":{\"host_messages\":5,\"connections\":7}}");
  ASSERT_TRUE(all);
  const auto& one = all->at(org_id::parse(org_a).value());
  EXPECT_EQ(one.host_messages.per_second, 5);
  EXPECT_EQ(one.host_messages.burst, 500);
  EXPECT_EQ(one.connections, 7U);
  EXPECT_EQ(one.messages.per_second, limits().messages.per_second);
}

TEST(Limits, ThatAreNoneAreRefused) {
  for (const char* text : {"", "[]", "{", "{\"x\":{}}", "{\"aaaaaaaa-0000-4000-8000-00000000000a\":3}"}) {
    EXPECT_FALSE(parse_limits(text)) << text;
  }
}

}  // namespace
}  // namespace atlas::guard
