#include "broker/listener.hpp"

#include <gtest/gtest.h>

namespace atlas::broker {
namespace {

TEST(BrokerUrl, NamesAHostAndAPort) {
  EXPECT_EQ(parse_broker_url("mqtts://fleet.example.com:1883"),
            (listener_address{"fleet.example.com", 1883}));
  EXPECT_EQ(parse_broker_url("mqtts://192.0.2.7:8884"), (listener_address{"192.0.2.7", 8884}));
}

TEST(BrokerUrl, HasPort8883WhenItNamesNone) {
  EXPECT_EQ(parse_broker_url("mqtts://localhost"), (listener_address{"localhost", 8883}));
  EXPECT_EQ(parse_broker_url("mqtts://localhost/"), (listener_address{"localhost", 8883}));
}

TEST(BrokerUrl, KnowsIpv6InBrackets) {
  EXPECT_EQ(parse_broker_url("mqtts://[2001:db8::1]:8883"), (listener_address{"2001:db8::1", 8883}));
  EXPECT_EQ((listener_address{"2001:db8::1", 8883}.text()), "[2001:db8::1]:8883");
}

TEST(BrokerUrl, IsInLowerCaseWhateverWasWritten) {
  EXPECT_EQ(parse_broker_url("mqtts://Fleet.Example.COM"), (listener_address{"fleet.example.com", 8883}));
}

TEST(BrokerUrl, WithoutTlsIsRefusedWithTheRemedy) {
  const auto parsed = parse_broker_url("mqtt://localhost:1883");
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().what.find("without TLS"), std::string::npos);
  EXPECT_NE(parsed.error().what.find("mqtts://"), std::string::npos);
}

class BadBrokerUrl : public testing::TestWithParam<const char*> {};

TEST_P(BadBrokerUrl, IsRefused) { EXPECT_FALSE(parse_broker_url(GetParam())) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(All, BadBrokerUrl,
                         testing::Values("", "localhost:8883", "https://localhost", "mqtts://",
                                         "mqtts://:8883", "mqtts://a:0", "mqtts://a:65536",
                                         "mqtts://a:", "mqtts://a:8883x", "mqtts://a b", "mqtts://a/path",
                                         "mqtts://[::1", "mqtts://[localhost]:1", "mqtts://a..b",
                                         "mqtts://user@host", "mqtts://a\nb", "mqtts://::1"));

TEST(Listener, IsLocalForThisMachinesOwnNamesOnly) {
  for (const char* host : {"localhost", "127.0.0.1", "127.8.8.8", "::1"}) {
    EXPECT_TRUE((listener_address{host, 1}.is_local())) << host;
  }
  for (const char* host : {"127.evil.example", "fleet.example.com", "10.0.0.1", "localhost.example.com"}) {
    EXPECT_FALSE((listener_address{host, 1}.is_local())) << host;
  }
}

}  // namespace
}  // namespace atlas::broker
