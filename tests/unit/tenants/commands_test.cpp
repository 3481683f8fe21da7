#include "core/credentials.hpp"
#include "tests/unit/tenants/cli_support.hpp"

#include <gmock/gmock.h>

namespace atlas::cli {

namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

enum : int { done, failed, usage, not_found, refused };  // exit codes

class Commands : public test::CommandLine {
 protected:
  Commands() { add_org("acme", "Acme Corp", 'a'); }
};

struct mistake {
  std::vector<std::string> args;
  int code;
  const char* says;
};

class Mistake : public Commands, public ::testing::WithParamInterface<mistake> {};
TEST_P(Mistake, IsOneLineWithItsCode) {
  const auto result = run(GetParam().args);
  EXPECT_EQ(result.code, GetParam().code) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.error_lines(), 1U) << result.err;
  EXPECT_THAT(result.err, AllOf(StartsWith("atlas-fleet: "), HasSubstr(GetParam().says)));
}
INSTANTIATE_TEST_SUITE_P(
    Commands, Mistake,
    ::testing::Values(
        mistake{{"hots"}, usage, "did you mean 'host'"}, mistake{{"xyzzy-plugh"}, usage, "--help"},
        mistake{{"--frobnicate"}, usage, "--frobnicate"},
        mistake{{"host"}, usage, "list, add, readmit, tag, revoke"},
        mistake{{"host", "lits"}, usage, "did you mean 'list'"}, mistake{{"host", "--what"}, usage, "--what"},
        mistake{{"host", "add", "acme"}, usage, "ORG ID"},
        mistake{{"host", "list", "acme", "more"}, usage, "more"},
        mistake{{"host", "list", "acme", "--role"}, usage, "--role"},
        mistake{{"host", "list", "nobody"}, not_found, "nobody"},
        mistake{{"host", "add", "acme", "no spaces"}, usage, "'no spaces'"},
        mistake{{"host", "add", "acme", ".."}, usage, "'..'"},
        mistake{{"host", "revoke", "acme", "never"}, not_found, "never"},
        mistake{{"org", "show", "nobody"}, not_found, "nobody"}, mistake{{"org", "show"}, usage, "ORG"},
        mistake{{"org", "set", "acme", "server.prot", "1"}, usage, "did you mean server.port"},
        mistake{{"org", "set", "acme", "server.port", "99999"}, usage, "from 1 to 65535, not 99999"},
        mistake{{"org", "set", "acme", "alerts.clear_margin", "95"}, usage, "$.alerts.clear_margin"},
        mistake{{"org", "set", "acme", "organization.id", "x"}, refused, "organization.id"},
        mistake{{"org", "set", "acme", "server.api_key", "x"}, refused, "server.api_key"},
        mistake{{"org", "set", "acme", "server.port"}, usage, "pairs of KEY VALUE"},
        mistake{{"org", "remove", "acme"}, refused, "--yes"},
        mistake{{"token", "api", "acme"}, usage, "--role"},
        mistake{{"token", "api", "acme", "--role", "emperor"}, usage, "viewer, operator or admin"},
        mistake{{"token", "api", "acme", "--role", "viewer", "--expires", "soon"}, usage, "30d"},
        mistake{{"token", "revoke", "acme", "nothing"}, not_found, "token list acme"},
        mistake{{"user", "add", "acme", "anna"}, usage, "--role"},
        mistake{{"user", "add", "acme", "an na", "--role", "viewer"}, usage, "name"},
        mistake{{"user", "remove", "acme", "anna"}, not_found, "anna"},
        mistake{{"user", "passwd", "acme", "anna", "--password-stdin"}, usage, "password"},
        mistake{{"agent-config", "acme", "-o", "x"}, usage, "--host"},
        mistake{{"agent-config", "acme", "--host", "h1"}, usage, "-o FILE"},
        mistake{{"agent-config", "acme", "--host", "h1", "-o", "-", "--server-url", "mqtt://x"},
                usage,
                "--server-url"},
        mistake{{"installer", "acme", "-o", "/nonexistent"}, not_found, "/nonexistent"},
        mistake{{"installer", "acme", "--server-url", "mqtts://x"}, usage, "https://HOST"},
        mistake{{"token", "enroll", "acme", "--uses", "0"}, usage, "--uses"},
        mistake{{"host", "readmit", "acme", "never"}, not_found, "never"},
        mistake{{"setup", "--no-such-flag"}, usage, "--no-such-flag"}));

TEST_F(Commands, EveryHelpTeachesWithoutAnOrganisation) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{"--help"},
                                               {"help"},
                                               {"setup", "--help"},
                                               {"org", "--help"},
                                               {"org", "set", "--help"},
                                               {"host", "-h"},
                                               {"host", "add", "--help"},
                                               {"token", "api", "--help"},
                                               {"user", "add", "--help"},
                                               {"key", "show", "--help"},
                                               {"agent-config", "--help"},
                                               {"installer", "--help"}}) {
    const auto result = run(args);
    EXPECT_EQ(result.code, done);
    EXPECT_THAT(result.out, AllOf(StartsWith("usage: atlas-fleet"), HasSubstr("atlas-fleet")));
    EXPECT_EQ(result.err, "");
  }
  EXPECT_THAT(run({"host", "add", "--help"}).out, HasSubstr("examples:\n"));
  EXPECT_THAT(run({"--version"}).out, MatchesRegex("atlas-fleet [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Commands, JsonAndRootMayStandAnywhere) {
  EXPECT_EQ(run({"org", "list", "--json"}).json().at("organizations").size(), 1U);
  EXPECT_EQ(run({"org", "--json", "list"}).json(), run({"--json", "org", "list"}).json());
  EXPECT_EQ(
      run({"org", "list", "--root=" + folder_.path().string(), "--json"}).json().at("organizations").size(),
      0U);
  EXPECT_EQ(run({"org", "list", "--root"}).code, usage);
}

TEST_F(Commands, NothingShowsTheKeyUnasked) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{},
                                               {"org", "list"},
                                               {"org", "show", "acme"},
                                               {"key", "show", "acme"},
                                               {"host", "list", "acme"}}) {
    for (const bool json : {false, true}) {
      auto words = args;
      if (json) words.insert(words.begin(), "--json");
      const auto result = run(words);
      EXPECT_EQ(result.code, done) << result.err;
      EXPECT_THAT(result.out + result.err, Not(HasSubstr(std::string(api_key).substr(8))));
      EXPECT_THAT(result.out, Not(IsEmpty()));
      if (json) {
        EXPECT_TRUE(result.json().is_object());
      }
    }
  }
  EXPECT_EQ(run({"key", "show", "acme", "--reveal"}).out, std::string(api_key) + "\n");
  EXPECT_EQ(run({"key", "show", "acme", "--reveal"}).err, "");
}

TEST_F(Commands, TheOverviewShowsEachOrganisation) {
  add_org("beta", "Beta Labs", 'b', 28'769);
  const auto plain = run({});
  EXPECT_THAT(plain.out, AllOf(HasSubstr("Acme Corp  (acme)"), HasSubstr("http://127.0.0.1:28769/dashboard"),
                               HasSubstr("Beta Labs Fleet"), HasSubstr("afk_AA…"), HasSubstr(broker_url)));
  EXPECT_THAT(plain.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(run({}, "", true).out, HasSubstr("\x1b[48;2;0;255;0m"));
  EXPECT_EQ(run({"--json"}).json().at("organizations").at(1).at("slug"), "beta");
}

TEST_F(Commands, ABrokenFileIsNamedAndTheOthersGoOn) {
  test::write_text(root_.tenant_file("beta"), "{");
  for (const std::vector<std::string>& args : {std::vector<std::string>{}, {"org", "list"}}) {
    const auto result = run(args);
    EXPECT_EQ(result.code, failed);
    EXPECT_THAT(result.out, HasSubstr("Acme Corp"));
    EXPECT_THAT(result.err, HasSubstr("beta/tenant.json: line 1, column 2: is not valid JSON"));
    EXPECT_EQ(result.error_lines(), 1U);
  }
  EXPECT_EQ(run({"org", "show", "acme"}).code, done);
  EXPECT_EQ(run({"org", "show", "beta"}).code, failed);
}

TEST_F(Commands, AnOrganisationHasThreeNames) {
  const auto by_slug = run({"--json", "org", "show", "acme"});
  EXPECT_EQ(by_slug.json().at("organization").at("name"), "Acme Corp");
  EXPECT_EQ(run({"--json", "org", "show", "ACME corp"}).out, by_slug.out);
  EXPECT_EQ(run({"--json", "org", "show", "aaaaaaaa-0000-4000-8000-000000000000"}).out, by_slug.out);
}

TEST_F(Commands, SetChangesOneValueAndSaysWhatToRestart) {
  const auto result = run({"org", "set", "acme", "branding.primary_color", "#F80"});
  EXPECT_EQ(result.code, done) << result.err;
  EXPECT_THAT(result.out, HasSubstr("restarted"));
  EXPECT_EQ(config_of("acme").branding.primary_color, "#ff8800");
  EXPECT_EQ(config_of("acme").server.port, 28'768);
  EXPECT_EQ(test::mode_of(root_.tenant_file("acme")), 0600U);
  const auto before = test::read_text(root_.tenant_file("acme"));
  EXPECT_EQ(run({"org", "set", "acme", "branding.primary_color", "greenish"}).code, usage);
  EXPECT_EQ(test::read_text(root_.tenant_file("acme")), before);
}

TEST_F(Commands, SetRefusesWhatAnotherHas) {
  add_org("beta", "Beta Labs", 'b', 28'769);
  EXPECT_EQ(run({"org", "set", "beta", "server.port", "28768"}).code, refused);
  EXPECT_EQ(run({"org", "set", "beta", "server.port", "28883"}).code, refused) << "the broker's";
  EXPECT_EQ(run({"org", "set", "beta", "organization.name", "acme CORP"}).code, refused);
  const auto broker = run({"org", "set", "beta", "broker.url", "mqtts://elsewhere:1"});
  EXPECT_EQ(broker.code, refused);
  EXPECT_THAT(broker.err, HasSubstr("--all"));
  EXPECT_EQ(run({"org", "set", "beta", "server.port", "28769"}).code, done) << "its own is no conflict";
}

TEST_F(Commands, SetChangesTheBrokerForAll) {
  add_org("beta", "Beta Labs", 'b', 28'769);
  const auto result = run({"org", "set", "--all", "broker.url", "mqtts://localhost:28884"});
  EXPECT_EQ(result.code, done) << result.err;
  EXPECT_EQ(config_of("acme").broker.url, "mqtts://localhost:28884");
  EXPECT_EQ(config_of("beta").broker.url, "mqtts://localhost:28884");
  EXPECT_THAT(test::read_text(root_.broker_dir() / "mosquitto.conf"), HasSubstr("28884"));
}

TEST_F(Commands, HostsComeAndGoWithTheirPasswords) {
  const auto added = run({"host", "add", "acme", "web-1"});
  EXPECT_EQ(added.code, done) << added.err;
  EXPECT_THAT(added.out, HasSubstr("agent-config acme --host web-1 -o config.json"));
  const auto passwords = root_.broker_dir() / "passwd";
  EXPECT_THAT(test::read_text(passwords), HasSubstr("/host/web-1:"));
  EXPECT_EQ(run({"host", "add", "acme", "web-1"}).code, refused);
  EXPECT_EQ(run({"--json", "host", "list", "acme"}).json().at("hosts").at(0).at("id"), "web-1");
  EXPECT_THAT(run({"host", "list", "acme"}).out, HasSubstr("web-1"));
  EXPECT_EQ(run({"host", "revoke", "acme", "web-1"}).code, done);
  EXPECT_THAT(test::read_text(passwords), Not(HasSubstr("/host/web-1:")));
  EXPECT_EQ(run({"host", "revoke", "acme", "web-1"}).code, not_found);
}

TEST_F(Commands, AnAgentsConfigurationHoldsWhatItsHostNeeds) {
  const auto file = folder_.path() / "agent.json";
  const auto result = run({"agent-config", "acme", "--host", "h1", "-o", file.string()});
  EXPECT_EQ(result.code, done) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Registered h1"));
  EXPECT_EQ(test::mode_of(file), 0600U);
  const auto config = nlohmann::json::parse(test::read_text(file));
  const auto org = config_of("acme");
  const auto host = host_id::parse("h1").value();
  const auto password = [&](std::uint32_t generation) {
    return derive_host_password(org.server.api_key, org.organization.id, host, generation);
  };
  EXPECT_EQ(config.at("server_url"), broker_url);
  EXPECT_EQ(config.at("organization_id"), "aaaaaaaa-0000-4000-8000-000000000000");
  EXPECT_EQ(config.at("host_id"), "h1");
  EXPECT_EQ(config.at("password"), password(1));
  EXPECT_THAT(std::string(config.at("ca_pem")), StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(config.at("report_interval"), 10);
  EXPECT_EQ(config.size(), 8U);

  EXPECT_THAT(run({"agent-config", "acme", "--host", "h1", "-o", file.string()}).out,
              Not(HasSubstr("Registered")));
  ASSERT_EQ(run({"host", "revoke", "acme", "h1"}).code, done);
  const auto again =
      run({"agent-config", "acme", "--host", "h1", "-o", "-", "--server-url", "mqtts://fleet.example"});
  EXPECT_EQ(nlohmann::json::parse(again.out).at("password"), password(2));
  EXPECT_EQ(nlohmann::json::parse(again.out).at("server_url"), "mqtts://fleet.example");
}

TEST_F(Commands, TheCaIsPassedOnWithoutAnythingSecret) {
  auto config = config_of("acme");
  const auto ca = folder_.path() / "own-ca.pem";
  config.broker.ca_file = ca;
  ASSERT_TRUE(tenants::save_tenant_config(config, root_.tenant_file("acme")));
  test::write_text(ca, "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nTOP-SECRET");
  const auto result = run({"agent-config", "acme", "--host", "h1", "-o", "-"});
  EXPECT_EQ(result.code, failed);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, AllOf(HasSubstr("own-ca.pem"), Not(HasSubstr("TOP-SECRET"))));
  EXPECT_TRUE(registry_of("acme").hosts().value().empty()) << "nothing was registered for it";
}

TEST_F(Commands, ATokenIsPrintedBareAndOnce) {
  const auto made =
      run({"token", "api", "acme", "--role", "viewer", "--label", "prometheus", "--expires", "30d"});
  EXPECT_EQ(made.code, done);
  EXPECT_THAT(made.out, MatchesRegex("afa_[A-Za-z0-9_-]{43}\n"));
  EXPECT_THAT(made.err, HasSubstr("not shown again"));
  const auto token = made.out.substr(0, made.out.size() - 1);
  const auto found = registry_of("acme").find_api_token(token, from_unix_ms(0)).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->token_role, role::viewer);
  EXPECT_EQ(found->expires.value() - found->added, std::chrono::hours(30 * 24));
  const auto listed = run({"token", "list", "acme"});
  EXPECT_THAT(listed.out,
              AllOf(HasSubstr("prometheus"), HasSubstr(found->id), Not(HasSubstr(token.substr(4)))));
  EXPECT_EQ(run({"token", "revoke", "acme", found->id}).code, done);
  EXPECT_THAT(run({"--json", "token", "list", "acme"}).json().at("tokens"), IsEmpty());
  EXPECT_THAT(run({"token", "revoke", "acme", token}).err, Not(HasSubstr(token)))
      << "a secret given for an id";
}

TEST_F(Commands, UsersComeChangeTheirPasswordsAndGo) {
  const auto added =
      run({"user", "add", "acme", "anna", "--role", "operator", "--password-stdin"}, "first password\n");
  EXPECT_EQ(added.code, done) << added.err;
  EXPECT_THAT(added.out, AllOf(HasSubstr("anna"), Not(HasSubstr("first password"))));
  EXPECT_TRUE(registry_of("acme").verify_password("anna", "first password").value());
  EXPECT_EQ(run({"user", "add", "acme", "anna", "--role", "admin"}).code, refused);
  EXPECT_EQ(run({"user", "add", "acme", "bert", "--role", "admin", "--password-stdin"}, "short\n").code,
            usage);

  const auto changed = run({"--json", "user", "passwd", "acme", "anna"});
  const std::string password = changed.json().at("password");
  EXPECT_TRUE(registry_of("acme").verify_password("anna", password).value());
  EXPECT_EQ(run({"--json", "user", "list", "acme"}).json().at("users").at(0).at("role"), "operator");
  EXPECT_EQ(run({"user", "role", "acme", "anna", "king"}).code, usage);
  EXPECT_EQ(run({"user", "role", "acme", "bert", "admin"}).code, not_found);
  EXPECT_EQ(run({"user", "role", "acme", "anna", "admin"}).code, done);
  EXPECT_EQ(run({"user", "remove", "acme", "anna"}).code, refused) << "the last administrator";
  EXPECT_EQ(run({"user", "role", "acme", "anna", "viewer"}).code, refused);
  EXPECT_EQ(run({"user", "list", "acme"}).code, done);
  const auto log = run({"--json", "audit", "acme", "--limit", "2"}).json().at("audit");
  EXPECT_EQ(log.at(0).at("outcome"), "refused");
  EXPECT_EQ(log.at(0).at("from"), "command line");
  EXPECT_THAT(run({"audit", "acme"}).out, HasSubstr("user.password"));
  EXPECT_EQ(run({"audit", "acme", "--limit", "0"}).code, usage);
}

TEST_F(Commands, SessionsAreShownAndEnded) {
  auto registry = registry_of("acme");
  const auto at = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  ASSERT_TRUE(registry.add_user("anna", role::viewer, "first password", at));
  EXPECT_THAT(run({"user", "sessions", "acme"}).out, HasSubstr("Nobody"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(registry.create_session("anna", {"192.0.2.7", "Firefox"}, at));
  EXPECT_THAT(run({"user", "sessions", "acme", "anna"}).out,
              AllOf(HasSubstr("192.0.2.7"), HasSubstr("Firefox")));
  const auto listed = run({"--json", "user", "sessions", "acme"}).json().at("sessions");
  ASSERT_EQ(listed.size(), 3U);
  const std::string id = listed.at(0).at("id");
  EXPECT_EQ(run({"user", "logout", "acme", "bert", id}).code, not_found);
  EXPECT_EQ(run({"user", "logout", "acme", "anna", id}).code, done);
  EXPECT_EQ(run({"user", "logout", "acme", "anna", id}).code, not_found);
  EXPECT_EQ(run({"--json", "user", "logout", "acme", "anna"}).json().at("ended"), 2);
  EXPECT_TRUE(registry.sessions({}, at).value().empty());
}

TEST_F(Commands, ARemovedOrganisationLeavesNothing) {
  add_org("beta", "Beta Labs", 'b', 28'769);
  ASSERT_EQ(run({"host", "add", "acme", "web-1"}).code, done);
  ASSERT_EQ(run({"org", "remove", "acme", "--yes"}).code, done);
  const auto passwords = root_.broker_dir() / "passwd";
  EXPECT_THAT(test::read_text(passwords), AllOf(HasSubstr("bbbbbbbb"), Not(HasSubstr("aaaaaaaa"))));
  EXPECT_EQ(run({"org", "show", "acme"}).code, not_found);
  ASSERT_EQ(run({"org", "remove", "Beta Labs", "--yes"}).code, done) << "the last one too";
  EXPECT_THAT(test::read_text(passwords), Not(HasSubstr("bbbbbbbb")));
  EXPECT_THAT(files_below(root_.path() / "tenants"), IsEmpty());
}

}  // namespace

}  // namespace atlas::cli
