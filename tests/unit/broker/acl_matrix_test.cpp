// Who may do what, asked of a real broker by real clients: two organisations, each with its service and
// hosts.

#include "broker/files.hpp"
#include "deadline.hpp"
#include "test_broker.hpp"

#include <map>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::broker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int not_authorized = 135;

const std::string org_a = "aaaaaaaa-0000-4000-8000-00000000000a";
const std::string org_b = "bbbbbbbb-0000-4000-8000-00000000000b";

std::string host(const std::string& org, const std::string& id) { return org + "/host/" + id; }
std::string topic(const std::string& org, const std::string& rest) { return "org/" + org + "/" + rest; }

class AccessRules : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker = std::make_unique<test_broker>();
    std::vector<credential> users;
    for (const auto& org : {org_a, org_b}) {
      for (const auto& user : {org, host(org, "h1"), host(org, "h2")})
        users.push_back({user, user + " password"});
    }
    ASSERT_TRUE(render(broker->options, users));
    broker->start();
  }
  static void TearDownTestSuite() {
    publishers.clear();
    broker.reset();
  }

  using version = mqtt_user::version;
  static std::unique_ptr<mqtt_user> connected(const std::string& user, version mqtt = version::v5,
                                              const std::string& client_id = "any",
                                              const will_message& will = {}) {
    auto client = std::make_unique<mqtt_user>(broker->port(), broker->ca_file(),
                                              credential{user, user + " password"}, mqtt, client_id);
    if (client->connect(will) != 0) throw std::runtime_error(user + " cannot log in");
    return client;
  }
  // One connection of this user for all tests that only publish: Paho takes a fifth of a second for each.
  static int publish_as(const std::string& user, const std::string& to) {
    auto& client = publishers[user];
    if (!client || !client->is_connected()) client = connected(user);
    return client->publish(to);
  }
  static std::vector<std::string> topics_of(const std::vector<mqtt_user::message>& messages) {
    std::vector<std::string> topics;
    for (const auto& message : messages) topics.push_back(message.topic);
    return topics;
  }

  static inline std::unique_ptr<test_broker> broker;
  static inline std::map<std::string, std::unique_ptr<mqtt_user>> publishers;
};

struct publish_case {
  std::string user;
  std::string topic;
};

std::string case_name(const testing::TestParamInfo<publish_case>& info) { return std::to_string(info.index); }

class Allowed : public AccessRules, public testing::WithParamInterface<publish_case> {};

TEST_P(Allowed, PublishIsTaken) {
  EXPECT_LT(publish_as(GetParam().user, GetParam().topic), 128) << GetParam().user << " " << GetParam().topic;
}

INSTANTIATE_TEST_SUITE_P(All, Allowed,
                         testing::Values(publish_case{host(org_a, "h1"), topic(org_a, "host/h1/metrics")},
                                         publish_case{host(org_a, "h1"), topic(org_a, "host/h1/info")},
                                         publish_case{host(org_a, "h1"), topic(org_a, "host/h1/status")},
                                         publish_case{host(org_a, "h1"), topic(org_a, "host/h1/reply")},
                                         publish_case{org_a, topic(org_a, "host/h1/config")},
                                         publish_case{org_a, topic(org_a, "host/h1/ack")},
                                         publish_case{org_a, topic(org_a, "host/h1/cmd")},
                                         publish_case{org_a, topic(org_a, "host/h1/info")},
                                         publish_case{org_a, topic(org_a, "host/h1/status")},
                                         publish_case{org_a, topic(org_a, "alerts/h1/disk:%2Fhome")},
                                         publish_case{org_a, topic(org_a, "summary")}),
                         case_name);

class Refused : public AccessRules, public testing::WithParamInterface<publish_case> {};

TEST_P(Refused, PublishIsAnsweredWith135) {
  EXPECT_EQ(publish_as(GetParam().user, GetParam().topic), not_authorized)
      << GetParam().user << " " << GetParam().topic;
}

INSTANTIATE_TEST_SUITE_P(ByAHost, Refused,
                         testing::Values(
                             // its neighbour, its service, another organisation
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h2/metrics")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h2/status")},
                             publish_case{host(org_a, "h1"), topic(org_b, "host/h1/metrics")},
                             publish_case{host(org_a, "h1"), topic(org_a, "alerts/h1/cpu")},
                             publish_case{host(org_a, "h1"), topic(org_a, "summary")},
                             publish_case{host(org_a, "h1"), topic(org_a, "metrics")},
                             // what it may only read
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/config")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/ack")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/cmd")},
                             // the lines for services, with a host's longer name in them
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/host/x/config")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/host/x/info")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/host/h2/status")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/alerts/x/cpu")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/summary")},
                             // anything else
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host/h1/metrics/x")},
                             publish_case{host(org_a, "h1"), topic(org_a, "host//metrics")},
                             publish_case{host(org_a, "h1"), "org"},
                             publish_case{host(org_a, "h1"), "anything"}),
                         case_name);

INSTANTIATE_TEST_SUITE_P(ByAService, Refused,
                         testing::Values(publish_case{org_a, topic(org_a, "host/h1/metrics")},
                                         publish_case{org_a, topic(org_a, "host/h1/reply")},
                                         publish_case{org_a, topic(org_b, "host/h1/config")},
                                         publish_case{org_a, topic(org_b, "host/h1/cmd")},
                                         publish_case{org_a, topic(org_b, "alerts/h1/cpu")},
                                         publish_case{org_a, topic(org_b, "summary")},
                                         publish_case{org_a, topic(org_a, "host/h1/x/config")},
                                         publish_case{org_a, topic(org_a, "alerts/h1")}),
                         case_name);

struct subscription_case {
  std::string user;
  std::string filter;
  bool taken;
};

class Subscription : public AccessRules, public testing::WithParamInterface<subscription_case> {};

TEST_P(Subscription, IsTakenOrRefused) {
  const auto& [user, filter, taken] = GetParam();
  for (const auto mqtt : {version::v5, version::v311}) {
    EXPECT_EQ(connected(user, mqtt)->subscribe(filter), taken) << user << " " << filter;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Subscription,
    testing::Values(subscription_case{host(org_a, "h1"), topic(org_a, "host/h1/cmd"), true},
                    subscription_case{host(org_a, "h1"), topic(org_a, "host/h1/#"), true},
                    subscription_case{org_a, topic(org_a, "host/+/metrics"), true},
                    subscription_case{org_a, topic(org_a, "guard"), true},
                    subscription_case{host(org_a, "h1"), "#", false},
                    subscription_case{host(org_a, "h1"), "+/+/#", false},
                    subscription_case{host(org_a, "h1"), topic(org_a, "#"), false},
                    subscription_case{host(org_a, "h1"), topic(org_a, "host/h2/cmd"), false},
                    subscription_case{host(org_a, "h1"), topic(org_a, "host/+/cmd"), false},
                    subscription_case{host(org_a, "h1"), "$share/g/" + topic(org_a, "host/h1/cmd"), false},
                    subscription_case{org_a, "#", false}, subscription_case{org_a, topic(org_b, "#"), false},
                    subscription_case{org_a, "org/+/host/+/metrics", false},
                    subscription_case{org_a, "$share/g/" + topic(org_b, "#"), false},
                    subscription_case{org_a, "$share/g/" + topic(org_a, "#"), false},
                    subscription_case{org_a, "$SYS/#", false}, subscription_case{org_a, "$CONTROL/#", false}),
    [](const auto& one) { return std::to_string(one.index); });

TEST_F(AccessRules, AHostReadsItsOwnConfigurationAcknowledgementsAndCommandsOnly) {
  const auto spy = connected(host(org_a, "h1"));
  for (const auto& filter :
       {std::string("#"), topic(org_a, "#"), topic(org_a, "host/h2/metrics"), topic(org_a, "host/h1/#")}) {
    spy->subscribe(filter);
  }
  const auto service = connected(org_a);
  const auto neighbour = connected(host(org_a, "h2"));
  const auto stranger = connected(host(org_b, "h1"));
  neighbour->publish(topic(org_a, "host/h2/metrics"));
  stranger->publish(topic(org_b, "host/h1/metrics"));
  service->publish(topic(org_a, "host/h2/cmd"));
  service->publish(topic(org_a, "alerts/h1/cpu"));
  service->publish(topic(org_a, "summary"));
  service->publish(topic(org_a, "host/h1/config"));
  service->publish(topic(org_a, "host/h1/ack"));
  service->publish(topic(org_a, "host/h1/cmd"), "last");
  const auto heard = topics_of(spy->messages_until(topic(org_a, "host/h1/cmd"), "last"));
  EXPECT_THAT(heard, testing::Each(testing::StartsWith(topic(org_a, "host/h1/"))));
  EXPECT_THAT(heard, testing::IsSupersetOf({topic(org_a, "host/h1/config"), topic(org_a, "host/h1/ack"),
                                            topic(org_a, "host/h1/cmd")}));
}

TEST_F(AccessRules, AServiceReadsItsOwnHostsAndAlertsOnly) {
  const auto service = connected(org_a);
  for (const auto& filter :
       {std::string("#"), topic(org_b, "#"), topic(org_a, "host/#"), topic(org_a, "alerts/#")}) {
    service->subscribe(filter);
  }
  const auto own = connected(host(org_a, "h1"));
  const auto other = connected(host(org_b, "h1"));
  const auto other_service = connected(org_b);
  other->publish(topic(org_b, "host/h1/metrics"));
  other->publish(topic(org_b, "host/h1/status"));
  other_service->publish(topic(org_b, "alerts/h1/cpu"));
  other_service->publish(topic(org_b, "summary"));
  service->publish(topic(org_a, "alerts/h1/cpu"));
  for (const char* channel : {"info", "status", "reply"})
    own->publish(topic(org_a, std::string("host/h1/") + channel));
  own->publish(topic(org_a, "host/h1/metrics"), "last");
  const auto heard = topics_of(service->messages_until(topic(org_a, "host/h1/metrics"), "last"));
  EXPECT_THAT(heard, UnorderedElementsAre(topic(org_a, "alerts/h1/cpu"), topic(org_a, "host/h1/info"),
                                          topic(org_a, "host/h1/status"), topic(org_a, "host/h1/reply"),
                                          topic(org_a, "host/h1/metrics")));
}

TEST_F(AccessRules, AServiceClearsTheRetainedInfoOfAHost) {
  const auto own = connected(host(org_a, "h2"));
  own->publish(topic(org_a, "host/h2/info"), "inventory", true);
  const auto service = connected(org_a);
  EXPECT_LT(service->publish(topic(org_a, "host/h2/info"), "", true), 128);
  service->subscribe(topic(org_a, "host/+/info"));
  own->publish(topic(org_a, "host/h2/info"), "last");
  EXPECT_EQ(service->messages_until(topic(org_a, "host/h2/info"), "last").size(), 1U);
}

TEST_F(AccessRules, AForeignPublishOfMqtt311IsDroppedWithoutAWord) {
  const auto service = connected(org_b);
  service->subscribe(topic(org_b, "host/#"));
  const auto foreign = connected(host(org_a, "h1"), version::v311);
  EXPECT_EQ(foreign->publish(topic(org_b, "host/h1/metrics"), "foreign"), 0);
  const auto own = connected(host(org_b, "h1"), version::v311);
  EXPECT_EQ(own->publish(topic(org_b, "host/h1/metrics"), "last"), 0);
  EXPECT_EQ(service->messages_until(topic(org_b, "host/h1/metrics"), "last").size(), 1U);
}

TEST_F(AccessRules, AForeignWillIsNotPublished) {
  const auto service = connected(org_b);
  service->subscribe(topic(org_b, "host/#"));
  const will_message foreign{topic(org_b, "host/h1/status"), "foreign"};
  const will_message own{topic(org_b, "host/h1/status"), "own"};
  connected(host(org_a, "h1"), version::v5, "any", foreign)->disconnect_with_will();
  connected(host(org_b, "h1"), version::v5, "any", own)->disconnect_with_will();
  const auto heard = service->messages_until(topic(org_b, "host/h1/status"), "own");
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard.front().payload, "own");
}

TEST_F(AccessRules, AClientIdOfAnotherUserEvictsNobody) {
  const auto victim = connected(host(org_a, "h1"));
  const auto thief = connected(host(org_b, "h1"), version::v5, host(org_a, "h1"));
  EXPECT_LT(thief->publish(topic(org_b, "host/h1/metrics")), 128);
  EXPECT_LT(victim->publish(topic(org_a, "host/h1/metrics")), 128);
  EXPECT_TRUE(victim->is_connected());
}

TEST_F(AccessRules, NobodyComesInWithAWrongPasswordOrNone) {
  for (const credential& wrong :
       {credential{org_a, "wrong"}, credential{org_a, ""}, credential{"", ""}, credential{"nobody", "x"},
        credential{host(org_a, "h1"), org_a + " password"}}) {
    EXPECT_NE(mqtt_user(broker->port(), broker->ca_file(), wrong).connect(), 0) << wrong.user;
  }
}

TEST_F(AccessRules, ASenderOfSomethingTooLargeIsDisconnected) {
  const auto own = connected(host(org_a, "h1"));
  EXPECT_LT(own->publish(topic(org_a, "host/h1/metrics"), std::string(64 * 1024, 'x')), 128);
  const auto flood = connected(host(org_a, "h2"), version::v311);
  flood->publish(topic(org_a, "host/h2/metrics"), std::string(200 * 1024, 'x'));
  EXPECT_TRUE(eventually([&] { return !flood->is_connected(); }));
}

}  // namespace
}  // namespace atlas::broker
