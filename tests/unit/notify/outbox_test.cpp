#include "notify/outbox.hpp"

#include "tenants/registry.hpp"
#include "tests/unit/core/make.hpp"

#include <filesystem>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace atlas::notify {
namespace {

using atlas::test::at;

class Outbox : public testing::Test {
 protected:
  Outbox() {
    std::filesystem::create_directories(folder);
    EXPECT_TRUE(tenants::registry::open(file));
  }
  ~Outbox() override { std::filesystem::remove_all(folder); }

  static outbox_row row(const std::string& channel, int number) {
    outbox_row made;
    made.channel = channel;
    made.key = "key/" + std::to_string(number) + "/" + channel;
    made.incident = "i";
    made.kind = "opened";
    made.title = std::to_string(number);
    made.message = "{}";
    made.added = made.due = at(number);
    return made;
  }
  std::vector<std::string> heads() {
    std::vector<std::string> out;
    const auto found = store->heads().value();
    for (const auto& one : found) out.push_back(one.channel + one.title);
    return out;
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("atlas-outbox-" + std::to_string(::getpid()));
  const std::filesystem::path file = folder / "fleet.db";
  std::optional<outbox> store = [this] {
    std::filesystem::create_directories(folder);
    EXPECT_TRUE(tenants::registry::open(file));
    auto opened = outbox::open(file);
    return opened ? std::optional(std::move(*opened)) : std::nullopt;
  }();
};

TEST_F(Outbox, KeepsStateAndMessagesOverARestart) {
  EXPECT_EQ(store->planner_state().value(), std::nullopt);
  ASSERT_TRUE(store->commit("state", std::vector{row("a", 1), row("a", 2), row("b", 3)}, at(3)));
  store = outbox::open(file).value();
  EXPECT_EQ(store->planner_state().value(), "state");
  EXPECT_THAT(heads(), testing::UnorderedElementsAre("a1", "b3"));
}

TEST_F(Outbox, TakesAKeyOnce) {
  ASSERT_TRUE(store->commit("", std::vector{row("a", 1)}, at(1)));
  ASSERT_TRUE(store->commit("", std::vector{row("a", 1)}, at(1)));
  EXPECT_EQ(store->counts().value()["a"].waiting, 1U);
}

TEST_F(Outbox, ForgetsTheOldestThatWereSent) {
  constexpr int kept = 1'000;
  constexpr int more = 3;
  std::vector<outbox_row> rows;
  for (int number = 1; number <= kept + more; ++number) {
    rows.push_back(row("a", number));
  }
  ASSERT_TRUE(store->commit("", rows, at(0)));
  for (int number = 1; number <= kept + more; ++number) {
    ASSERT_TRUE(store->mark_sent(store->heads()->front().id, at(number)));
  }
  SQLite::Database reader(file.string());
  EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM notify_outbox").getInt(), kept);
  EXPECT_EQ(reader.execAndGet("SELECT min(title + 0) FROM notify_outbox").getInt(), more + 1);
}

TEST_F(Outbox, GivesTheNextOfAChannelOnlyWhenTheOldestIsDone) {
  ASSERT_TRUE(store->commit("", std::vector{row("a", 1), row("a", 2), row("a", 3)}, at(3)));
  const auto first = store->heads()->front();
  ASSERT_TRUE(store->postpone(first.id, 1, at(100), "no answer"));
  EXPECT_THAT(heads(), testing::ElementsAre("a1"));
  EXPECT_EQ(store->heads()->front().trouble, "no answer");
  ASSERT_TRUE(store->mark_sent(first.id, at(101)));
  EXPECT_THAT(heads(), testing::ElementsAre("a2"));
  ASSERT_TRUE(store->mark_dead(store->heads()->front().id, "refused", at(102)));
  EXPECT_THAT(heads(), testing::ElementsAre("a3"));
}

TEST_F(Outbox, SendsDeadLettersAgainWhenAsked) {
  ASSERT_TRUE(store->commit("", std::vector{row("a", 1), row("b", 2)}, at(2)));
  const auto found = store->heads().value();
  for (const auto& one : found) ASSERT_TRUE(store->mark_dead(one.id, "refused", at(3)));
  EXPECT_EQ(store->dead_letters(10)->size(), 2U);
  EXPECT_EQ(store->revive("a", at(4)).value(), 1U);
  EXPECT_THAT(heads(), testing::ElementsAre("a1"));
  EXPECT_EQ(store->revive(std::nullopt, at(4)).value(), 1U);
  EXPECT_TRUE(store->dead_letters(10)->empty());
}

}  // namespace
}  // namespace atlas::notify
