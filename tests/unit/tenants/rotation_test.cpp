#include "tenants/rotation.hpp"

#include "tenants/cli/command.hpp"
#include "tests/unit/tenants/cli_support.hpp"

#include <chrono>

#include <gmock/gmock.h>

namespace atlas::tenants {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr auto now = from_unix_ms(1'764'000'000'000);
constexpr std::chrono::hours hour{1};

class Rotation : public test::CommandLine {
 protected:
  void SetUp() override {
    add_org("acme", "Acme Corp", 'a');
    auto hosts = registry_of("acme");
    for (const auto* id : {"h1", "h2", "h3"}) ASSERT_TRUE(hosts.add_host(host(id), now));
  }
  static host_id host(std::string_view text) { return host_id::parse(text).value(); }
  std::filesystem::path file() const { return rotation_file(root_, "acme"); }
  key_ring keys() const { return read_key_ring(root_, "acme").value(); }
  std::string password(const char* id) const {
    return keys().host_password(registry_of("acme").host(host(id)).value().value()).value_or("none");
  }
  rotation_progress progress() const { return progress_of(keys(), registry_of("acme").hosts().value()); }
  std::string derived(const atlas::api_key& key, const char* id, std::uint32_t generation) const {
    return derive_host_password(key, config_of("acme").organization.id, host(id), generation);
  }
  void move(const char* id) const {
    const std::array hosts{host(id)};
    ASSERT_EQ(registry_of("acme").move_hosts(hosts, keys().previous_id()).value(), 1U);
  }
  rotation_begun begin(milliseconds grace = hour) const {
    return begin_rotation(root_, "acme", grace, false, now).value().value();
  }
};

TEST_F(Rotation, LeavesEachHostItsPasswordUntilItMoves) {
  const auto old_key = config_of("acme").server.api_key;
  EXPECT_EQ(begin().hosts, 3U);
  const auto new_key = config_of("acme").server.api_key;
  EXPECT_NE(new_key, old_key);
  EXPECT_EQ(test::mode_of(file()), 0600U);
  EXPECT_EQ(password("h1"), derived(old_key, "h1", 1));
  const auto promised = keys().next_password(registry_of("acme").host(host("h1")).value().value());
  move("h1");
  EXPECT_EQ(password("h1"), derived(new_key, "h1", 2));
  EXPECT_EQ(password("h1"), promised);
  EXPECT_EQ(progress().moved, 1U);
  EXPECT_THAT(progress().waiting, ElementsAre(host("h2"), host("h3")));
}

TEST_F(Rotation, AHostMovesOnce) {
  begin();
  move("h1");
  const std::array hosts{host("h1")};
  EXPECT_EQ(registry_of("acme").move_hosts(hosts, keys().previous_id()).value(), 0U);
  EXPECT_EQ(registry_of("acme").host(host("h1")).value()->generation, 2U);
}

TEST_F(Rotation, EndsWhenNobodyWaits) {
  begin();
  for (const auto* id : {"h1", "h2", "h3"}) {
    EXPECT_FALSE(settle_rotation(root_, "acme", now).value());
    move(id);
  }
  EXPECT_TRUE(is_rotation_due(root_, "acme", registry_of("acme"), now));
  EXPECT_TRUE(settle_rotation(root_, "acme", now).value());
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(progress().moved, 3U);
  EXPECT_EQ(password("h2"), derived(config_of("acme").server.api_key, "h2", 2));
}

TEST_F(Rotation, CutsOffWhoeverDidNotComeInTime) {
  begin();
  move("h1");
  EXPECT_FALSE(settle_rotation(root_, "acme", now + hour - milliseconds(1)).value());
  EXPECT_TRUE(settle_rotation(root_, "acme", now + hour).value());
  EXPECT_THAT(progress().cut_off, ElementsAre(host("h2"), host("h3")));
  EXPECT_EQ(password("h2"), "none");
  EXPECT_NE(password("h1"), "none");
  // Its place is taken again as that of a host that was revoked.
  auto hosts = registry_of("acme");
  ASSERT_TRUE(hosts.revoke_host(host("h2")).value());
  EXPECT_EQ(hosts.add_host(host("h2"), now).value().generation, 2U);
  EXPECT_EQ(password("h2"), derived(config_of("acme").server.api_key, "h2", 2));
}

TEST_F(Rotation, WithoutGraceCutsOffEveryHostAtOnce) {
  begin(milliseconds(0));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(progress().cut_off.size(), 3U);
}

TEST_F(Rotation, GivesNewHostsTheNewKey) {
  begin();
  ASSERT_TRUE(registry_of("acme").add_host(host("h4"), now));
  EXPECT_EQ(password("h4"), derived(config_of("acme").server.api_key, "h4", 1));
}

TEST_F(Rotation, EndsEnrolmentTokensOfTheFormerKey) {
  auto store = registry_of("acme");
  const auto derive = [](std::uint32_t number) { return "aft_" + std::to_string(number); };
  const auto token =
      store.create_enrollment_token({"", now + hour, std::nullopt}, derive, now).value().secret;
  EXPECT_EQ(begin().ended_tokens, 1U);
  EXPECT_EQ(store.enroll_host(token, host("h9"), now).value().what, enrollment::outcome::token_not_valid);
}

TEST_F(Rotation, IsRefusedWhileOneIsUnderWay) {
  begin();
  const auto key = config_of("acme").server.api_key;
  EXPECT_FALSE(begin_rotation(root_, "acme", hour, false, now).value());
  EXPECT_EQ(config_of("acme").server.api_key, key);
  move("h1");
  EXPECT_EQ(begin_rotation(root_, "acme", hour, true, now).value()->hosts, 1U);
  EXPECT_THAT(progress().waiting, ElementsAre(host("h1")));
  EXPECT_THAT(progress().cut_off, ElementsAre(host("h2"), host("h3")));
}

// As after a crash: the files hold the first steps, the next look makes the others.
class InterruptedRotation : public Rotation {
 protected:
  void SetUp() override {
    Rotation::SetUp();
    old_key_ = config_of("acme").server.api_key;
    test::write_text(file(), nlohmann::json{{"previous", old_key_->reveal()},
                                            {"next", new_key_.reveal()},
                                            {"started", to_int(now)},
                                            {"ends", to_int(now + hour)}}
                                 .dump());
  }
  std::string id_of(const atlas::api_key& key) const {
    return derive_key_id(key, config_of("acme").organization.id);
  }

  std::optional<atlas::api_key> old_key_;
  atlas::api_key new_key_ = atlas::api_key::generate();
};

TEST_F(InterruptedRotation, GoesOnAfterTheFirstStep) {
  EXPECT_EQ(password("h1"), derived(*old_key_, "h1", 1));
  EXPECT_TRUE(is_rotation_due(root_, "acme", registry_of("acme"), now));
  EXPECT_TRUE(settle_rotation(root_, "acme", now).value());
  EXPECT_EQ(config_of("acme").server.api_key, new_key_);
  EXPECT_EQ(progress().waiting.size(), 3U);
  EXPECT_FALSE(settle_rotation(root_, "acme", now).value());
}

TEST_F(InterruptedRotation, GoesOnAfterTheSecondStep) {
  ASSERT_TRUE(registry_of("acme").begin_rotation(id_of(*old_key_), id_of(new_key_), now));
  EXPECT_EQ(password("h1"), derived(*old_key_, "h1", 1));
  ASSERT_TRUE(registry_of("acme").add_host(host("h4"), now));
  EXPECT_EQ(password("h4"), derived(new_key_, "h4", 1)) << "whoever comes in between has the new key already";
  EXPECT_TRUE(settle_rotation(root_, "acme", now).value());
  EXPECT_EQ(config_of("acme").server.api_key, new_key_);
  EXPECT_EQ(progress().waiting.size(), 3U);
}

TEST_F(InterruptedRotation, IsFinishedByTheNextRotate) {
  EXPECT_FALSE(begin_rotation(root_, "acme", hour, false, now).value());
  EXPECT_EQ(config_of("acme").server.api_key, new_key_);
}

TEST_F(InterruptedRotation, CountsForNothingUnderAnotherKey) {
  ASSERT_TRUE(settle_rotation(root_, "acme", now).value());
  auto config = config_of("acme");
  config.server.api_key = atlas::api_key::generate();
  ASSERT_TRUE(save_tenant_config(config, root_.tenant_file("acme")));
  EXPECT_TRUE(settle_rotation(root_, "acme", now).value());
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(progress().cut_off.size(), 3U);
  ASSERT_TRUE(registry_of("acme").add_host(host("h4"), now));
  EXPECT_EQ(password("h4"), derived(config.server.api_key, "h4", 1));
}

TEST_F(InterruptedRotation, SaysSoWhenItsFileIsDamaged) {
  test::write_text(file(), R"({"previous":"afk_x"})");
  const auto read = read_key_ring(root_, "acme");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().where, file().string());
  EXPECT_THAT(read.error().what, HasSubstr("damaged"));
  EXPECT_THAT(test::read_text(root_.tenant_file("acme")), HasSubstr(old_key_->reveal()));
}

TEST_F(Rotation, ByCommandFollowsThroughToTheBroker) {
  const auto users = [this] { return test::read_text(root_.broker_dir() / "passwd"); };
  must({"broker", "render"});
  const auto before = users();
  const auto rotated = must({"key", "rotate", "acme", "--grace", "1h"});
  EXPECT_THAT(rotated.out, HasSubstr("0 of 3 hosts have moved"));
  EXPECT_THAT(rotated.out, Not(HasSubstr("afk_")));
  const auto line = [](const std::string& text, std::string_view name) {
    const auto at = text.find(name);
    return text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(line(users(), "/host/h1:"), line(before, "/host/h1:")) << "good until it moves";
  EXPECT_NE(line(users(), "aaaaaaaa-0000-4000-8000-000000000000:"),
            line(before, "aaaaaaaa-0000-4000-8000-000000000000:"))
      << "the service comes with the new key";
  EXPECT_EQ(run({"key", "rotate", "acme"}).code, atlas::cli::refused);
  EXPECT_EQ(run({"key", "rotate", "acme", "--grace", "soon"}).code, atlas::cli::usage);

  move("h1");
  must({"broker", "render"});
  EXPECT_NE(line(users(), "/host/h1:"), line(before, "/host/h1:"));
  auto told = must({"--json", "key", "status", "acme"}).json();
  EXPECT_EQ(told.at("moved"), 1);
  EXPECT_EQ(told.at("waiting"), (nlohmann::json{"h2", "h3"}));
  EXPECT_TRUE(told.at("rotating"));

  const auto again = must({"--json", "key", "rotate", "acme", "--now", "--grace", "0"}).json();
  EXPECT_EQ(again.at("cut_off"), (nlohmann::json{"h1", "h2", "h3"}));
  EXPECT_FALSE(again.at("rotating"));
  EXPECT_THAT(users(), Not(HasSubstr("/host/h")));
  EXPECT_THAT(must({"host", "list", "acme"}).out, HasSubstr("cut off"));
  EXPECT_THAT(must({"key", "status", "acme"}).out, HasSubstr("host readmit acme HOST"));

  const auto file = folder_.path() / "agent.json";
  must({"agent-config", "acme", "--host", "h2", "-o", file.string()});
  EXPECT_THAT(users(), HasSubstr("/host/h2:"));
  EXPECT_EQ(nlohmann::json::parse(test::read_text(file)).at("password"), password("h2"));
}

}  // namespace

}  // namespace atlas::tenants
