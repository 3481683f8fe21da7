#include "core/ip_network.hpp"

#include <gtest/gtest.h>

namespace atlas {
namespace {

bool contains(const char* network, const char* address) {
  return ip_network::parse(network).value().contains(ip_address::parse(address).value());
}

TEST(IpAddress, IsReadAndWritten) {
  for (const auto* text : {"192.0.2.1", "0.0.0.0", "255.255.255.255", "::1", "::", "2001:db8::7"}) {
    EXPECT_EQ(ip_address::parse(text).value().text(), text);
  }
  EXPECT_EQ(ip_address::parse("::ffff:192.0.2.1").value().text(), "192.0.2.1");
  EXPECT_EQ(ip_address::parse("::ffff:c000:201"), ip_address::parse("192.0.2.1"));
  EXPECT_EQ(ip_address::parse("2001:DB8:0::7").value().text(), "2001:db8::7");
}

TEST(IpAddress, IsNothingElse) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "localhost"sv, "192.0.2"sv, "192.0.2.1.5"sv, "192.0.2.256"sv, "192.0.2.1 "sv,
                          "1"sv, "192.0.2.1:80"sv, "[::1]"sv, "fe80::1%eth0"sv, ":::"sv, "192.0.2.1\0"sv,
                          "192.0.2.1\0.evil"sv, "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"sv}) {
    EXPECT_FALSE(ip_address::parse(text)) << text;
  }
}

TEST(IpNetwork, HoldsTheAddressesThatBeginLikeIt) {
  EXPECT_TRUE(contains("192.168.0.0/16", "192.168.255.1"));
  EXPECT_FALSE(contains("192.168.0.0/16", "192.169.0.1"));
  EXPECT_TRUE(contains("10.0.0.0/9", "10.127.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/9", "10.128.0.1"));
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_TRUE(contains("192.0.2.7/32", "::ffff:192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.8"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_FALSE(contains("::/64", "192.0.2.1")) << "IPv4 addresses are in no IPv6 network";
}

TEST(IpNetwork, IsReadAndWritten) {
  for (const auto* text : {"192.168.0.0/16", "10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1", "::/1"}) {
    EXPECT_EQ(ip_network::parse(text).value().text(), text);
  }
  EXPECT_EQ(ip_network::parse("192.0.2.7/32").value().text(), "192.0.2.7");
  EXPECT_EQ(ip_network::parse("::ffff:10.0.0.0/104").value().text(), "10.0.0.0/8");
}

TEST(IpNetwork, IsNotEveryoneAndHasNoBitsBeyondItsLength) {
  for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/ 8",
                           "0.0.0.0/0", "::/0", "::/129", "::ffff:0:0/96", "10.0.0.1/8", "192.168.1.0/16",
                           "2001:db8::1/32", "proxy.example.com", "10.0.0.0/8/8", "10.0.0.0/4294967304"}) {
    EXPECT_FALSE(ip_network::parse(text)) << text;
  }
}

}  // namespace
}  // namespace atlas
