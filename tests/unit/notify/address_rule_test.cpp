#include "notify/address_rule.hpp"

#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace atlas::notify {
namespace {

address_verdict judge_text(const std::string& text) {
  sockaddr_storage room{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    std::memcpy(&room, &four, sizeof four);
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr), 1) << text;
    six.sin6_family = AF_INET6;
    std::memcpy(&room, &six, sizeof six);
  }
  return judge(reinterpret_cast<const sockaddr&>(room));
}

TEST(AddressRule, AllowsPublicAndPrivateAddresses) {
  for (const auto* text : {"93.184.216.34", "10.0.0.5", "192.168.1.2", "172.16.0.1", "100.64.0.1",
                           "2606:2800:220:1::1", "fd12::1", "::ffff:10.0.0.5"}) {
    EXPECT_EQ(judge_text(text), address_verdict::fine) << text;
  }
}

TEST(AddressRule, KnowsThisMachineAndItsLinkInEveryForm) {
  for (const auto* text :
       {"127.0.0.1", "127.8.9.1", "0.0.0.0", "169.254.1.1", "::1", "::", "fe80::1", "febf::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"}) {
    EXPECT_EQ(judge_text(text), address_verdict::local) << text;
  }
}

TEST(AddressRule, NeverLetsAMessageGoToTheMetadataOfACloud) {
  for (const auto* text : {"169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254",
                           "100.100.100.200", "224.0.0.1", "255.255.255.255", "ff02::1"}) {
    EXPECT_EQ(judge_text(text), address_verdict::refused) << text;
  }
}

}  // namespace
}  // namespace atlas::notify
