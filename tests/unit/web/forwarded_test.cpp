#include "web/forwarded.hpp"

#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;

std::vector<ip_network> proxies() {
  return {ip_network::parse("127.0.0.1").value(), ip_network::parse("10.0.0.0/8").value(),
          ip_network::parse("2001:db8::/32").value()};
}

std::string remote_of(const std::string& peer, std::string_view forwarded_for) {
  return find_asker(peer, false, forwarded_for, "", proxies()).remote;
}

TEST(Forwarded, IsBelievedOfTrustedProxiesOnly) {
  EXPECT_EQ(remote_of("10.0.0.1", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(remote_of("2001:db8::1", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(remote_of("198.51.100.1", "192.0.2.1"), "198.51.100.1");
  EXPECT_EQ(remote_of("10.0.0.1", ""), "10.0.0.1");
}

TEST(Forwarded, IsTheLastAddressThatIsNoTrustedProxys) {
  EXPECT_EQ(remote_of("10.0.0.1", "203.0.113.9, 192.0.2.1"), "192.0.2.1")
      << "what stands before may be made up";
  EXPECT_EQ(remote_of("10.0.0.1", "203.0.113.9, 192.0.2.1,10.0.0.3 ,\t10.0.0.2"), "192.0.2.1");
  EXPECT_EQ(remote_of("10.0.0.1", "127.0.0.1, 192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(remote_of("10.0.0.1", "10.0.0.4, 10.0.0.3"), "10.0.0.4") << "all of them are proxies";
}

TEST(Forwarded, MayHaveAPortAndBrackets) {
  EXPECT_EQ(remote_of("10.0.0.1", "192.0.2.1:4711"), "192.0.2.1");
  EXPECT_EQ(remote_of("10.0.0.1", "2001:db9::1"), "2001:db9::1");
  EXPECT_EQ(remote_of("10.0.0.1", "[2001:db9::1]"), "2001:db9::1");
  EXPECT_EQ(remote_of("10.0.0.1", "[2001:db9::1]:4711"), "2001:db9::1");
  EXPECT_EQ(remote_of("10.0.0.1", "::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(Forwarded, StopsAtWhatIsNoAddress) {
  for (const auto* odd :
       {"unknown", "192.0.2.1, _hidden", "192.0.2.1, ", "192.0.2.1,,", "[192.0.2.1]", "[2001:db9::1",
        "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:123456", "\"192.0.2.1\"", "for=192.0.2.1", ","}) {
    EXPECT_EQ(remote_of("10.0.0.1", odd), "10.0.0.1") << odd;
  }
  EXPECT_EQ(remote_of("10.0.0.1", "192.0.2.1, unknown, 10.0.0.2"), "10.0.0.2");
}

TEST(Forwarded, SaysWhetherItWasEncrypted) {
  const auto encrypted = [](const std::string& peer, bool here, std::string_view proto) {
    return find_asker(peer, here, "192.0.2.1", proto, proxies()).encrypted;
  };
  EXPECT_TRUE(encrypted("10.0.0.1", false, "https"));
  EXPECT_FALSE(encrypted("10.0.0.1", true, "http"));
  EXPECT_TRUE(encrypted("10.0.0.1", true, ""));
  EXPECT_TRUE(encrypted("10.0.0.1", true, "ftp"));
  EXPECT_TRUE(encrypted("10.0.0.1", false, "http, https")) << "the last one is of the proxy that is trusted";
  EXPECT_FALSE(encrypted("198.51.100.1", false, "https"));
}

class BehindAProxy : public ::testing::Test {
 protected:
  static server_options trusting(std::string_view network) {
    server_options options;
    options.trusted_proxies = {ip_network::parse(network).value()};
    options.max_connections_per_address = 4;
    return options;
  }
  static http_answer login(running_server& server, header_list headers) {
    headers.emplace_back("Content-Type", "application/json");
    return fetch(server.port(), "POST", "/api/v1/login", headers,
                 R"({"user":"ann","password":"correct horse"})");
  }
};

TEST_F(BehindAProxy, TheVisitorsAddressAndEncryptionCount) {
  running_server server(trusting("127.0.0.0/8"));
  const auto answer = login(server, {{"X-Forwarded-For", "203.0.113.9, 192.0.2.1"},
                                     {"X-Forwarded-Proto", "https"},
                                     {"Origin", "https://localhost"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("set-cookie"), HasSubstr("; Secure"));
  EXPECT_THAT(answer.header("strict-transport-security"), HasSubstr("max-age"));
  EXPECT_EQ(server.from_loop<std::string>([&] { return server.auth.newest_login->address; }), "192.0.2.1");
  EXPECT_EQ(login(server, {{"X-Forwarded-Proto", "https"}, {"Origin", "http://localhost"}}).status, 403);
  EXPECT_EQ(login(server, {{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", "192.0.2.7"}}).status,
            200);
  EXPECT_EQ(server.from_loop<std::string>([&] { return server.auth.newest_login->address; }), "192.0.2.7");
}

TEST_F(BehindAProxy, AStrangersHeadersAreNothing) {
  running_server server(trusting("10.0.0.0/8"));
  const auto answer = login(server, {{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-Proto", "https"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("set-cookie"), Not(HasSubstr("Secure")));
  EXPECT_EQ(answer.header("strict-transport-security"), "");
  EXPECT_EQ(server.from_loop<std::string>([&] { return server.auth.newest_login->address; }), "127.0.0.1");
}

TEST_F(BehindAProxy, TheBoundsOfOneAddressAreNotTheProxys) {
  running_server server(trusting("127.0.0.1"));
  std::vector<http_client> half_open;
  for (int i = 0; i < 20; ++i) {
    half_open.emplace_back(server.port()).send("GET /healthz HTTP/1.1\r\n");
  }
  EXPECT_TRUE(server.becomes_true([&] { return server.web->counters().connections == 20; }));
  std::vector<live_client> live;
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(live.emplace_back(server.port()).open("/api/v1/live", running_server::viewer).status, 101);
  }
}

}  // namespace
}  // namespace atlas::web
