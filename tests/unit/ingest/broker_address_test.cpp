#include "ingest/broker_address.hpp"

#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

TEST(BrokerAddress, ReadsHostAndPort) {
  const auto address = parse_broker_address("mqtts://broker.example.com:18883");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "broker.example.com");
  EXPECT_EQ(address->port, 18883);
  EXPECT_EQ(address->text(), "broker.example.com:18883");
  EXPECT_EQ(parse_broker_address("mqtts://localhost")->port, 8883);
  EXPECT_EQ(parse_broker_address("mqtts://127.0.0.1/")->host, "127.0.0.1");
}

TEST(BrokerAddress, RefusesWhatIsNotOne) {
  for (const auto* url : {"", "mqtt://h", "mqtts://", "mqtts://:1", "mqtts://h:0", "mqtts://h:65536",
                          "mqtts://h:x", "mqtts://u@h", "mqtts://h/path", "https://h", "mqtts://a b"}) {
    const auto address = parse_broker_address(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().where, "broker.url");
  }
}

}  // namespace
}  // namespace atlas::ingest
