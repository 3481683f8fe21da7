#include "tenants/server_tls.hpp"

#include "tenants/server_url.hpp"
#include "tests/unit/tenants/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {
namespace {

using testing::Not;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

result<tenant_config> config_with(const std::vector<std::pair<std::string, std::string>>& values) {
  auto config = parse_tenant_config(R"({
    "organization": {"name": "Acme", "id": "aaaaaaaa-0000-4000-8000-00000000000a"},
    "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}})",
                                    "tenant.json")
                    .value();
  for (const auto& [key, value] : values) {
    if (auto set = set_value(config, key, value); !set) return tl::unexpected(set.error());
  }
  auto whole = parse_tenant_config(format_tenant_config(config), "tenant.json");
  if (!whole) return tl::unexpected(whole.error().front());
  return *whole;
}

certificate_source source_with(const std::vector<std::pair<std::string, std::string>>& values) {
  return certificate_source_of(config_with(values).value());
}

TEST(ServerTls, KnowsThisMachinesOwnAddresses) {
  for (const auto* own : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) EXPECT_TRUE(is_loopback(own)) << own;
  for (const auto* other : {"0.0.0.0", "::", "192.0.2.1", "fleet.example.com", "128.0.0.1", "::2",
                            "127.example.com", "localhost.example.com", ""}) {
    EXPECT_FALSE(is_loopback(other)) << other;
  }
}

TEST(ServerTls, IsThereWhereverAnotherMachineCanComeIn) {
  EXPECT_EQ(source_with({}), certificate_source::none);
  EXPECT_EQ(source_with({{"server.tls.mode", "on"}}), certificate_source::local_ca);
  EXPECT_EQ(source_with({{"server.host", "0.0.0.0"}}), certificate_source::local_ca);
  EXPECT_EQ(source_with({{"server.host", "fleet.example.com"}}), certificate_source::local_ca);
  const std::pair<std::string, std::string> chain{"server.tls.certificate", "/etc/fleet.pem"};
  const std::pair<std::string, std::string> key{"server.tls.private_key", "/etc/fleet.key"};
  EXPECT_EQ(source_with({chain, key}), certificate_source::given);
  EXPECT_EQ(source_with({chain, key, {"server.host", "::"}}), certificate_source::given);
  EXPECT_EQ(source_with({chain, key, {"server.tls.mode", "off"}}), certificate_source::none);
}

TEST(ServerTls, IsGivenUpBeyondThisMachineInSoManyWordsOnly) {
  const auto refused = config_with({{"server.host", "0.0.0.0"}, {"server.tls.mode", "off"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "tenant.json: $.server.tls.mode");
  EXPECT_THAT(refused.error().what, HasSubstr("$.server.allow_plain_http: true"));
  EXPECT_EQ(
      source_with(
          {{"server.host", "0.0.0.0"}, {"server.tls.mode", "off"}, {"server.allow_plain_http", "true"}}),
      certificate_source::none);
  EXPECT_EQ(source_with({{"server.host", "0.0.0.0"}, {"server.allow_plain_http", "true"}}),
            certificate_source::local_ca)
      << "allowing it does not ask for it";
  EXPECT_EQ(source_with({{"server.tls.mode", "off"}}), certificate_source::none);
  EXPECT_THAT(config_with({{"server.tls.mode", "never"}}).error().what,
              HasSubstr(R"("auto", "on" or "off")"));
}

TEST(ServerTls, DecidesTheAddress) {
  EXPECT_EQ(server_url(config_with({}).value()), "http://127.0.0.1:8768");
  EXPECT_EQ(server_url(config_with({{"server.tls.mode", "on"}}).value()), "https://127.0.0.1:8768");
  EXPECT_EQ(server_url(config_with({{"server.host", "192.0.2.7"}}).value()), "https://192.0.2.7:8768");
}

TEST(ServerTls, NamesEveryWayIn) {
  const auto config =
      config_with({{"server.host", "192.0.2.7"}, {"server.url", "https://fleet.example.com:8443"}});
  const auto names = server_names(config.value());
  EXPECT_EQ(names.front(), "fleet.example.com");
  EXPECT_THAT(names, Contains("192.0.2.7"));
  EXPECT_THAT(names, Contains("localhost"));
  EXPECT_THAT(server_names(config_with({{"server.url", "https://[2001:db8::7]:8443"}}).value()),
              Contains("2001:db8::7"));
  const auto everywhere = server_names(config_with({{"server.host", "0.0.0.0"}}).value());
  EXPECT_THAT(everywhere, Not(Contains("0.0.0.0")));
}

TEST(ServerTls, KeepsTheLocalCasPairInOneFile) {
  const state_root root("/srv/fleet");
  const auto own = certificate_files_of(root, {"acme", config_with({{"server.tls.mode", "on"}}).value()});
  EXPECT_EQ(own.certificate, "/srv/fleet/tenants/acme/server.pem");
  EXPECT_EQ(own.private_key, own.certificate);
  EXPECT_TRUE(certificate_files_of(root, {"acme", config_with({}).value()}).certificate.empty());
}

}  // namespace
}  // namespace atlas::tenants
