#include "ingest/rekeyer.hpp"

#include "tests/unit/ingest/fixtures.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace atlas::ingest {
namespace {

using namespace std::chrono_literals;

struct sent_command {
  host_id host;
  rekey_command command;
  std::string correlation;
};

class Rekeyer : public ::testing::Test {
 protected:
  Rekeyer() {
    for (const auto* id : {"h1", "h2", "h3"}) waits(id);
    sync();
  }
  std::string id_of(const api_key& key) const { return derive_key_id(key, test_org()); }
  void waits(std::string_view id) { hosts_.push_back({host(id), 1, {}, id_of(old_key_)}); }
  tenants::registered_host& registered(std::string_view id) {
    return *std::find_if(hosts_.begin(), hosts_.end(), [&](const auto& one) { return one.id == host(id); });
  }
  void sync() { rekeyer_.sync_hosts(hosts_, keys_); }
  host_reply reply_to(const sent_command& sent) const {
    return {sent.host, sent.correlation, {sent.command.generation, std::nullopt}};
  }
  std::vector<sent_command> tick(std::vector<host_reply> replies = {}) {
    sent_.clear();
    rekeyer_.tick(replies, now_);
    return sent_;
  }

  const api_key old_key_ = api_key::generate();
  const api_key new_key_ = api_key::generate();
  std::shared_ptr<const tenants::key_ring> keys_ = std::make_shared<const tenants::key_ring>(
      test_org(), new_key_, tenants::rotation{old_key_, new_key_, {}, {}});
  std::vector<tenants::registered_host> hosts_;
  std::set<std::string, std::less<>> offline_;
  bool connected_ = true;
  std::vector<sent_command> sent_;
  std::vector<std::vector<host_id>> batches_;
  std::string moved_from_;
  rekeyer::clock::time_point now_{};
  rekeyer rekeyer_{{[this](const host_id& id) { return !offline_.contains(id.text()); },
                    [this](const host_id& id, const std::string& payload, const std::string& correlation) {
                      if (!connected_) return false;
                      sent_.push_back({id, parse_rekey_command(payload).value().value(), correlation});
                      return true;
                    },
                    [this](std::vector<host_id> ids, std::string from) {
                      batches_.push_back(std::move(ids));
                      moved_from_ = std::move(from);
                    }}};
};

TEST_F(Rekeyer, GivesEachOnlineHostItsNextPassword) {
  offline_.insert("h2");
  const auto sent = tick();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].host, host("h1"));
  EXPECT_EQ(sent[0].command.generation, 2U);
  EXPECT_EQ(sent[0].command.password, derive_host_password(new_key_, test_org(), host("h1"), 2));
  EXPECT_NE(sent[0].correlation, sent[1].correlation);
  EXPECT_TRUE(tick().empty()) << "both are asked";
  offline_.clear();
  EXPECT_EQ(tick().size(), 1U) << "h2 has come";
}

TEST_F(Rekeyer, MovesAHostWhenItHasKeptThePassword) {
  const auto sent = tick();
  tick({reply_to(sent[0])});
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0], std::vector{host("h1")});
  EXPECT_EQ(moved_from_, id_of(old_key_));
  // One batch at a time; what comes meanwhile goes with the next.
  tick({reply_to(sent[1])});
  EXPECT_EQ(batches_.size(), 1U);
  registered("h1") = {host("h1"), 2, {}, id_of(new_key_)};
  rekeyer_.moved();
  sync();
  tick();
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[1], std::vector{host("h2")});
  EXPECT_EQ(rekeyer_.progress().moved, 1U);
  EXPECT_EQ(rekeyer_.progress().waiting, 2U);
}

TEST_F(Rekeyer, TriesAgainWhatTheRegistryDidNotTake) {
  const auto sent = tick();
  tick({reply_to(sent[0])});
  rekeyer_.moved();
  tick();
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[1], std::vector{host("h1")});
}

TEST_F(Rekeyer, BelievesOnlyTheAnswerToWhatItHasAsked) {
  const auto sent = tick();
  auto foreign = reply_to(sent[0]);
  foreign.host = host("h2");
  auto stale = reply_to(sent[0]);
  stale.correlation = "";
  auto other_generation = reply_to(sent[0]);
  other_generation.reply.generation = 3;
  tick({foreign, stale, other_generation, {host("h9"), sent[0].correlation, {2, std::nullopt}}});
  EXPECT_TRUE(batches_.empty());
  EXPECT_EQ(rekeyer_.unexpected(), 4U);
  tick({reply_to(sent[0])});
  EXPECT_EQ(batches_.size(), 1U);
  tick({reply_to(sent[0])});
  EXPECT_EQ(rekeyer_.unexpected(), 5U) << "each answer counts once";
}

TEST_F(Rekeyer, AsksAgainLessAndLessOften) {
  const auto first = tick();
  now_ += rekeyer::answer_time;
  EXPECT_TRUE(tick().empty()) << "a pause comes first";
  now_ += rekeyer::answer_time;
  const auto second = tick();
  ASSERT_EQ(second.size(), 3U);
  EXPECT_EQ(second[0].command.password, first[0].command.password);
  tick({reply_to(first[0])});
  EXPECT_TRUE(batches_.empty()) << "an answer to the first question comes too late";
  now_ += 2 * rekeyer::answer_time;
  EXPECT_TRUE(tick().empty());
  now_ += rekeyer::answer_time;
  EXPECT_TRUE(tick().empty());
  now_ += rekeyer::answer_time;
  EXPECT_EQ(tick().size(), 3U);
}

TEST_F(Rekeyer, LeavesAHostAloneThatCannotKeepAPassword) {
  const auto sent = tick();
  auto answer = reply_to(sent[0]);
  answer.reply.problem = "no room\n";
  tick({answer});
  now_ += rekeyer::longest_pause - 1s;
  for (const auto& again : tick()) EXPECT_NE(again.host, host("h1"));
  now_ += 1s;
  const auto later = tick();
  EXPECT_TRUE(
      std::any_of(later.begin(), later.end(), [](const auto& one) { return one.host == host("h1"); }));
}

TEST_F(Rekeyer, WaitsForTheBroker) {
  connected_ = false;
  EXPECT_TRUE(tick().empty());
  connected_ = true;
  EXPECT_EQ(tick().size(), 3U);
}

TEST_F(Rekeyer, AsksSomeHostsAtATimeAndAllInTurnThoughNoneAnswers) {
  for (std::size_t i = 3; i < 2 * rekeyer::asks_per_tick + 1; ++i) waits("many-" + std::to_string(i));
  sync();
  EXPECT_EQ(tick().size(), rekeyer::asks_per_tick);
  EXPECT_EQ(tick().size(), rekeyer::asks_per_tick);
  EXPECT_EQ(tick().size(), 1U);
  EXPECT_TRUE(tick().empty());
}

TEST_F(Rekeyer, BeginsAnewWithAnotherKey) {
  const auto sent = tick();
  const auto third = api_key::generate();
  keys_ = std::make_shared<const tenants::key_ring>(test_org(), third,
                                                    tenants::rotation{new_key_, third, {}, {}});
  registered("h1").key = id_of(new_key_);
  sync();
  EXPECT_EQ(rekeyer_.progress().cut_off, 2U);
  const auto again = tick({reply_to(sent[0])});
  EXPECT_TRUE(batches_.empty());
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].command.password, derive_host_password(third, test_org(), host("h1"), 2));
}

TEST_F(Rekeyer, RestsWhenNobodyWaits) {
  hosts_.clear();
  sync();
  EXPECT_TRUE(tick().empty());
}

}  // namespace
}  // namespace atlas::ingest
