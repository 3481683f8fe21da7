#include "broker/conf.hpp"

#include "broker/acl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

broker_options options_for(const char* host) { return {"/srv/fleet/broker", {host, 8883}, {}, {}, "{}"}; }

TEST(MosquittoConf, LetsNobodyInWithoutAPasswordAndRules) {
  const auto text = render_conf(options_for("fleet.example.com"), "mosquitto");
  for (const char* line : {"\nper_listener_settings false\n", "\nallow_anonymous false\n",
                           "\npassword_file /srv/fleet/broker/passwd\n", "\nacl_file /srv/fleet/broker/acl\n",
                           "\nuse_username_as_clientid true\n", "\ntls_version tlsv1.2\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MosquittoConf, ListensToTheNetworkOnlyForANetworkName) {
  EXPECT_THAT(render_conf(options_for("fleet.example.com"), "mosquitto"), HasSubstr("\nlistener 8883\n"));
  EXPECT_THAT(render_conf(options_for("localhost"), "mosquitto"), HasSubstr("\nlistener 8883 127.0.0.1\n"));
  EXPECT_THAT(render_conf(options_for("127.0.0.2"), "mosquitto"), HasSubstr("\nlistener 8883 127.0.0.2\n"));
}

TEST(MosquittoConf, LoadsTheGuardThatIsThereForEveryListener) {
  auto options = options_for("localhost");
  EXPECT_THAT(render_conf(options, "mosquitto"), Not(HasSubstr("plugin")));
  options.guard = "/usr/lib/atlas-fleet/atlas-guard.so";
  const auto text = render_conf(options, "mosquitto");
  const auto plugin = text.find("\nplugin /srv/fleet/broker/atlas-guard.so\n");
  ASSERT_NE(plugin, std::string::npos);
  EXPECT_LT(plugin, text.find("\nlistener "));
}

TEST(MosquittoConf, SaysWhyItStaysRoot) {
  EXPECT_THAT(render_conf(options_for("localhost"), "root"), HasSubstr("chmod o+x"));
  EXPECT_THAT(render_conf(options_for("localhost"), "mosquitto"), Not(HasSubstr("chmod")));
  EXPECT_THAT(render_conf(options_for("localhost"), "mosquitto"), HasSubstr("\nuser mosquitto\n"));
}

TEST(CertificateNames, AreTheListenersThoseGivenAndThisMachines) {
  auto options = options_for("fleet.example.com");
  options.names = {"192.0.2.7", "fleet.example.com"};
  EXPECT_THAT(certificate_names(options),
              ElementsAre("fleet.example.com", "192.0.2.7", "localhost", "127.0.0.1", "::1"));
}

TEST(Acl, OfAnyOtherTextIsRefused) {
  EXPECT_TRUE(check_acl(render_acl(), "acl"));
  EXPECT_FALSE(check_acl(render_acl() + "pattern readwrite #\n", "acl"));
  EXPECT_FALSE(check_acl(render_acl().substr(0, 300), "acl"));
  EXPECT_FALSE(check_acl("", "acl"));
}

}  // namespace
}  // namespace atlas::broker
