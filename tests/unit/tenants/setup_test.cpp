#include "tests/unit/tenants/cli_support.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

enum : int { done, failed, usage, not_found, refused };  // exit codes

// Listens at a port of the system's choice while it lives.
class listener {
 public:
  listener() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address_), size) != 0 || ::listen(socket_, 1) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
  }
  ~listener() { ::close(socket_); }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  std::string port() const { return std::to_string(ntohs(address_.sin_port)); }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address_{};
};

class Setup : public test::CommandLine {
 protected:
  std::string all_of_passwd() const { return test::read_text(root_.broker_dir() / "passwd"); }
};

TEST_F(Setup, WithYesAsksNothing) {
  const auto result = run({"setup", "--yes", "--name", "Acme Corp", "--broker-url", broker_url});
  ASSERT_EQ(result.code, done) << result.err;
  const auto config = config_of("acme-corp");
  EXPECT_EQ(config.organization.name, "Acme Corp");
  EXPECT_GE(config.server.port, 8768);
  EXPECT_EQ(config.branding.dashboard_title, "Acme Corp Fleet");
  EXPECT_EQ(config.branding.primary_color, "#00ff00");
  EXPECT_EQ(config.server.api_key.bytes().size(), 32U);
  EXPECT_EQ(test::mode_of(root_.path()), 0700U);
  EXPECT_EQ(test::mode_of(root_.tenant_dir("acme-corp")), 0700U);
  EXPECT_EQ(test::mode_of(root_.tenant_file("acme-corp")), 0600U);
  EXPECT_EQ(test::mode_of(root_.fleet_db("acme-corp")), 0600U);
  EXPECT_THAT(result.out, AllOf(HasSubstr(" up\n"), HasSubstr(" installer acme-corp\n"),
                                ContainsRegex("password +[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{5}")));
  EXPECT_THAT(all_of_passwd(), HasSubstr(std::string(config.organization.id.text()) + ":"));
}

TEST_F(Setup, TakesEveryAnswerAsAFlag) {
  const auto result = run({"--json",
                           "setup",
                           "--yes",
                           "--name",
                           "Beta Labs",
                           "--slug",
                           "beta",
                           "--contact",
                           "ops@beta.example",
                           "--host",
                           "127.0.0.1",
                           "--port",
                           "28768",
                           "--title",
                           "Beta",
                           "--primary-color",
                           "Cyan",
                           "--secondary-color",
                           "#123",
                           "--logo-url",
                           "https://beta.example/logo.svg",
                           "--report-interval",
                           "2",
                           "--cpu-threshold",
                           "80",
                           "--memory-threshold",
                           "81",
                           "--disk-threshold",
                           "82.5",
                           "--history-size",
                           "100",
                           "--broker-url",
                           broker_url,
                           "--admin-user",
                           "root@beta",
                           "--admin-password-stdin"},
                          "correct horse battery\n");
  ASSERT_EQ(result.code, done) << result.err;
  const auto config = config_of("beta");
  EXPECT_EQ(config.organization.contact, "ops@beta.example");
  EXPECT_EQ(config.server.port, 28'768);
  EXPECT_EQ(config.branding.dashboard_title, "Beta");
  EXPECT_EQ(config.branding.primary_color, "#00ffff");
  EXPECT_EQ(config.branding.secondary_color, "#112233");
  EXPECT_EQ(config.branding.logo_url, "https://beta.example/logo.svg");
  EXPECT_EQ(config.agent.report_interval, 2U);
  EXPECT_EQ(config.alerts.cpu_threshold, 80);
  EXPECT_EQ(config.alerts.memory_threshold, 81);
  EXPECT_EQ(config.alerts.disk_threshold, 82.5);
  EXPECT_EQ(config.server.history_size, 100U);
  EXPECT_EQ(config.broker.url, broker_url);
  const auto admin = registry_of("beta").verify_password("root@beta", "correct horse battery").value();
  ASSERT_TRUE(admin);
  EXPECT_EQ(admin->user_role, role::admin);
  EXPECT_EQ(result.json().at("slug"), "beta");
  EXPECT_FALSE(result.json().at("admin").contains("password"));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("correct horse")));
}

TEST_F(Setup, ReportsEveryWrongFlagAtOnce) {
  const auto result =
      run({"setup", "--yes", "--name", "", "--slug", "No Good", "--port", "0", "--primary-color", "beige",
           "--broker-url", "mqtt://x", "--cpu-threshold", "lots"});
  EXPECT_EQ(result.code, usage);
  EXPECT_EQ(result.error_lines(), 6U) << result.err;
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("setup: --port: must be a whole number"), HasSubstr("--slug"),
                    HasSubstr("--broker-url"), HasSubstr("--primary-color"), HasSubstr("not \"lots\"")));
  EXPECT_FALSE(std::filesystem::exists(root_.path()));
  EXPECT_EQ(run({"setup", "--yes"}).code, usage);
}

TEST_F(Setup, RefusesWhatIsTaken) {
  add_org("acme", "Acme Corp", 'a');
  const auto refuses = [this](std::vector<std::string> flags, const char* says) {
    flags.insert(flags.begin(), {"setup", "--yes"});
    const auto result = run(flags);
    EXPECT_EQ(result.code, refused) << result.err;
    EXPECT_EQ(result.error_lines(), 1U);
    EXPECT_THAT(result.err, HasSubstr(says));
  };
  refuses({"--name", "acme corp"}, "taken");
  refuses({"--name", "Other", "--slug", "acme"}, "taken");
  refuses({"--name", "Other", "--port", "28768"}, "port 28768 is taken by acme");
  refuses({"--name", "Other", "--port", "28883"}, "port 28883 is taken by the broker");
  refuses({"--name", "Other", "--broker-url", "mqtts://elsewhere"},
          "all organisations of one installation share one");
  const listener busy;
  refuses({"--name", "Other", "--port", busy.port()}, "in use by another program");
  EXPECT_THAT(files_below(root_.path() / "tenants"), Each(HasSubstr("tenants/acme")));
}

TEST_F(Setup, OffersWhatIsFree) {
  ASSERT_EQ(run({"setup", "--yes", "--name", "Acme", "--broker-url", broker_url}).code, done);
  const auto second = run({"setup", "--yes", "--name", "Acme!"});
  ASSERT_EQ(second.code, done) << second.err;
  EXPECT_NE(config_of("acme").server.port, config_of("acme-2").server.port);
  EXPECT_EQ(config_of("acme-2").branding.primary_color, "#00ffff");
  EXPECT_EQ(config_of("acme-2").broker.url, broker_url);
}

TEST_F(Setup, TheWizardTakesEnterForEveryDefault) {
  // name, slug, contact, host, port, title, colour, second colour, logo, broker, details?, login, make it?
  const auto result = run({"setup"}, "Acme Corp\n\n\n\n\n\n\n\n\n" + std::string(broker_url) + "\n\n\n\n");
  ASSERT_EQ(result.code, done) << result.out << result.err;
  EXPECT_EQ(config_of("acme-corp").branding.dashboard_title, "Acme Corp Fleet");
  EXPECT_THAT(result.out, AllOf(HasSubstr("Short name, for commands and folders [acme-corp]: "),
                                HasSubstr("Colour (a name, or #rrggbb) [green]: "), HasSubstr("Login")));
}

TEST_F(Setup, TheWizardAsksAgainAndSaysWhy) {
  add_org("acme", "Acme Corp", 'a');
  const auto result = run({"setup"},
                          "\n"                       // no name
                          "Acme Corp\nGamma Labs\n"  // taken
                          "G\n\n"                    // no slug
                          "nobody\nops@gamma.example\n"
                          "a b\n\n"                  // no address
                          "99999\n28768\n28770\n"    // no port, taken
                          "\n"                       // title
                          "not-a-colour\nMAGENTA\n"  // colour
                          "none\n\n"                 // second colour, logo
                          "y\n101\n80\n\n\n5\n\n"    // details
                          "a b\n\n"                  // login
                          "what\nyes\n");
  ASSERT_EQ(result.code, done) << result.out << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("✗ must be one line of 1 to 100 characters"),
                    HasSubstr("✗ 'Acme Corp' is taken by acme"),
                    HasSubstr("✗ must be a whole number from 1 to 65535, not 99999"),
                    HasSubstr("✗ port 28768 is taken by acme"), HasSubstr("✗ must be a colour"),
                    HasSubstr("as for Acme Corp"), HasSubstr("✗ must be a number from 1 to 100, not 101"),
                    HasSubstr("✗ answer yes, no or edit")));
  const auto config = config_of("gamma-labs");
  EXPECT_EQ(config.organization.contact, "ops@gamma.example");
  EXPECT_EQ(config.server.port, 28'770);
  EXPECT_EQ(config.branding.primary_color, "#ff00ff");
  EXPECT_EQ(config.alerts.cpu_threshold, 80);
  EXPECT_EQ(config.agent.report_interval, 5U);
}

TEST_F(Setup, TheWizardDoesNotAskWhatAFlagSays) {
  const auto result = run({"setup", "--name", "Acme", "--slug", "acme", "--contact", "", "--broker-url",
                           broker_url, "--admin-user", "anna"},
                          "\n\n\n\n\n\n\n\n");
  ASSERT_EQ(result.code, done) << result.out << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("Short name")));
}

TEST_F(Setup, TheWizardLetsAnAnswerBeEdited) {
  const auto result = run({"setup", "--name", "Acme", "--broker-url", broker_url},
                          "\n\n\n\n\n\n\n\n\n\nedit\n"
                          "Beta\nbeta\n\n\n\nBeta Fleet\n\n\n\n\n\n\nyes\n");
  ASSERT_EQ(result.code, done) << result.out << result.err;
  EXPECT_EQ(config_of("beta").organization.name, "Beta");
  EXPECT_FALSE(std::filesystem::exists(root_.tenant_dir("acme")));
}

TEST_F(Setup, LeavesNothingWhenThePersonGivesUp) {
  const std::string answers = "Acme\n\n\n\n\n\n\n\n\n\n\n\n";
  for (std::size_t given = 0; given < answers.size(); ++given) {
    const auto result = run({"setup"}, answers.substr(0, given));
    EXPECT_EQ(result.code, failed);
    EXPECT_THAT(result.err, HasSubstr("nothing was made"));
    EXPECT_FALSE(std::filesystem::exists(root_.path()));
  }
  EXPECT_EQ(run({"setup"}, answers + "no\n").code, failed);
  EXPECT_FALSE(std::filesystem::exists(root_.path()));
}

TEST_F(Setup, LeavesNothingWhenItFailsHalfWay) {
  add_org("acme", "Acme", 'a');
  const auto before = files_below(folder_.path());
  // Too short a password is found only when everything else is ready.
  EXPECT_EQ(run({"setup", "--yes", "--name", "Beta", "--admin-password-stdin"}, "short\n").code, usage);
  EXPECT_EQ(files_below(folder_.path()), before);
  // A root that cannot be made.
  test::write_text(folder_.path() / "file", "x");
  EXPECT_EQ(
      run({"setup", "--yes", "--name", "Beta", "--root", (folder_.path() / "file" / "x").string()}).code,
      failed);
  EXPECT_EQ(test::read_text(folder_.path() / "file"), "x");
}

TEST_F(Setup, GoesOnBesideABrokenNeighbourAndSaysSo) {
  test::write_text(root_.tenant_file("broken"), "{");
  const auto result = run({"setup", "--yes", "--name", "Acme", "--broker-url", broker_url});
  EXPECT_EQ(result.code, done);
  EXPECT_THAT(result.err, AllOf(HasSubstr("broken/tenant.json"), HasSubstr("keeps what it knows")));
  EXPECT_TRUE(std::filesystem::exists(root_.tenant_file("acme")));
}

}  // namespace

}  // namespace atlas::cli
