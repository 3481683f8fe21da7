// atlas-fleet backup and restore.
#include "tenants/cli/command.hpp"
#include "tests/unit/tenants/cli_support.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Backup : public test::CommandLine {
 protected:
  Backup() {
    add_org("acme", "Acme Corp", 'a');
    must({"host", "add", "acme", "web-1"});
  }
  std::string file(const std::string& name = "acme.atlas") const { return (folder_.path() / name).string(); }
  std::vector<std::string> actions(const std::string& slug) const {
    std::vector<std::string> found;
    const auto entries = registry_of(slug).audit(std::nullopt, 100);
    for (const auto& one : *entries) found.push_back(one.action);
    return found;
  }
  std::vector<std::string> hosts(const std::string& slug) const {
    std::vector<std::string> found;
    const auto all = registry_of(slug).hosts();
    for (const auto& one : *all) found.emplace_back(one.id.text());
    return found;
  }
};

TEST_F(Backup, IsAPrivateFileThatReplacesNothingUnasked) {
  const auto made = must({"--json", "backup", "acme", file()}).json();
  EXPECT_EQ(made["slug"], "acme");
  EXPECT_EQ(test::mode_of(file()), 0600U);
  EXPECT_THAT(actions("acme"), Contains("org.backup"));
  const auto before = test::read_text(file());
  const auto again = run({"backup", "acme", file()});
  EXPECT_EQ(again.code, refused);
  EXPECT_THAT(again.err, HasSubstr("--force"));
  EXPECT_EQ(test::read_text(file()), before);
  must({"backup", "acme", file(), "--force"});
  EXPECT_EQ(run({"backup", "nobody", file("other")}).code, not_found);
  EXPECT_EQ(run({"backup", "acme", folder_.path().string()}).code, usage);
  EXPECT_EQ(run({"backup", "acme", file("missing/acme.atlas")}).code, failed);
}

TEST_F(Backup, GoesThroughStandardOutput) {
  const auto made = run({"backup", "acme", "-"});
  ASSERT_EQ(made.code, done) << made.err;
  must({"--json", "org", "remove", "acme", "--yes"});
  must({"restore", "-"}, made.out);
  EXPECT_THAT(hosts("acme"), ::testing::ElementsAre("web-1"));
}

TEST_F(Backup, ComesBackAsItWas) {
  const auto config = test::read_text(root_.tenant_file("acme"));
  must({"backup", "acme", file()});
  must({"host", "add", "acme", "web-2"});
  const auto refusal = run({"restore", file()});
  EXPECT_EQ(refusal.code, refused);
  EXPECT_THAT(refusal.err, AllOf(HasSubstr("is here already"), HasSubstr("--replace")));
  EXPECT_EQ(hosts("acme").size(), 2U);
  must({"restore", file(), "--replace"});
  EXPECT_THAT(hosts("acme"), ::testing::ElementsAre("web-1"));
  EXPECT_EQ(test::read_text(root_.tenant_file("acme")), config);
  EXPECT_THAT(actions("acme"), Contains("org.restore"));
  EXPECT_EQ(test::mode_of(root_.tenant_file("acme")), 0600U);
  EXPECT_EQ(test::mode_of(root_.tenant_dir("acme")), 0700U);
  // The former folder is gone, but what became of it is known.
  EXPECT_THAT(files_below(root_.path() / "tenants"), Not(Contains(HasSubstr(".new-"))));
  EXPECT_THAT(must({"audit"}).out, HasSubstr("org.replace"));
}

TEST_F(Backup, EndsTheSessionsOfItsTime) {
  ASSERT_TRUE(registry_of("acme").add_user("anna", role::admin, "long enough", from_unix_ms(1)));
  const auto now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
  const auto secret = registry_of("acme").create_session("anna", {}, now).value();
  must({"backup", "acme", file()});
  must({"restore", file(), "--replace"});
  EXPECT_EQ(registry_of("acme").find_session(secret, now).value(), std::nullopt);
  EXPECT_EQ(registry_of("acme").users()->size(), 1U);
}

TEST_F(Backup, RefusesATakenSlugNameOrPort) {
  must({"backup", "acme", file()});
  must({"org", "remove", "acme", "--yes"});
  EXPECT_THAT(must({"audit"}).out, AllOf(HasSubstr("org.remove"), HasSubstr("acme")));
  add_org("acme", "Another", 'b', 29'001);
  EXPECT_EQ(run({"restore", file()}).code, refused);
  EXPECT_EQ(run({"restore", file(), "--replace"}).code, refused);
  must({"org", "remove", "acme", "--yes"});
  add_org("other", "ACME corp", 'b', 29'001);
  EXPECT_THAT(run({"restore", file()}).err, HasSubstr("is taken by other"));
  must({"org", "remove", "other", "--yes"});
  add_org("other", "Other", 'b', 28'768);
  EXPECT_THAT(run({"restore", file()}).err, HasSubstr("port 28768: is taken by other"));
  EXPECT_EQ(files_below(root_.path() / "tenants").size(), 3U);  // other, with its two files
}

TEST_F(Backup, ReplacesADamagedFolder) {
  must({"backup", "acme", file()});
  test::write_text(root_.tenant_file("acme"), "{");
  EXPECT_EQ(run({"restore", file()}).code, refused);
  must({"restore", file(), "--replace"});
  EXPECT_EQ(config_of("acme").organization.name, "Acme Corp");
}

TEST_F(Backup, ChangesNothingWhenTheFileIsDamaged) {
  must({"backup", "acme", file()});
  auto bytes = test::read_text(file());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  test::write_text(file("damaged"), bytes);
  const auto before = files_below(folder_.path());
  EXPECT_EQ(run({"restore", file("damaged"), "--replace"}).code, failed);
  const tenants::state_root elsewhere(folder_.path() / "elsewhere");
  EXPECT_EQ(run({"--root", elsewhere.path().string(), "restore", file("damaged")}).code, failed);
  EXPECT_EQ(files_below(folder_.path()), before);
  EXPECT_EQ(run({"restore", file("nothing")}).code, not_found);
}

TEST_F(Backup, KnowsWhichCaAgentsTrust) {
  const auto other = (folder_.path() / "elsewhere").string();
  const auto elsewhere = [&other](std::vector<std::string> args) {
    args.insert(args.begin(), {"--root", other});
    return args;
  };
  must({"backup", "acme", file()});
  const auto missing = run(elsewhere({"restore", file()}));
  EXPECT_EQ(missing.code, refused);
  EXPECT_THAT(missing.err, HasSubstr("--with-ca"));
  EXPECT_FALSE(std::filesystem::exists(other));

  const auto made = must({"backup", "acme", file("with-ca"), "--with-ca"});
  EXPECT_THAT(made.out, HasSubstr("key of this installation's CA"));
  must(elsewhere({"restore", file("with-ca")}));
  const tenants::state_root taken(other);
  EXPECT_EQ(test::read_text(taken.ca_file()), test::read_text(root_.ca_file()));
  EXPECT_EQ(test::read_text(taken.ca_key_file()), test::read_text(root_.ca_key_file()));
  EXPECT_EQ(test::mode_of(taken.ca_key_file()), 0600U);
  EXPECT_FALSE(std::filesystem::exists(taken.tenant_dir("acme") / "ca.key"));

  // A root with a CA of its own.
  must(elsewhere({"org", "remove", "acme", "--yes"}));
  std::filesystem::remove_all(taken.broker_dir());
  must(elsewhere({"setup", "--yes", "--name", "Other", "--port", "29002", "--broker-url", broker_url}));
  const auto conflict = run(elsewhere({"restore", file("with-ca")}));
  EXPECT_EQ(conflict.code, refused);
  EXPECT_THAT(conflict.err, HasSubstr("another CA"));
  must(elsewhere({"restore", file("with-ca"), "--new-ca"}));
}

TEST_F(Backup, RevealingTheKeyIsRecorded) {
  must({"key", "show", "acme"});
  EXPECT_THAT(actions("acme"), Not(Contains("key.reveal")));
  must({"key", "show", "acme", "--reveal"});
  EXPECT_THAT(actions("acme"), Contains("key.reveal"));
}

}  // namespace
}  // namespace atlas::cli
