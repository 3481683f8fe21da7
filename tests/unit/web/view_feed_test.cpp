#include "web/view_feed.hpp"

#include "core/base64url.hpp"
#include "tests/unit/web/running_server.hpp"
#include "web/live_message.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

// A browser as the feed sees it.
class browser final : public live_reader {
 public:
  explicit browser(view_feed& feed) : feed_(feed) { feed_.join(*this, std::nullopt); }
  ~browser() override { feed_.leave(*this); }
  void wake() override { woken = true; }

  void show(std::string_view message) {
    auto parsed = parse_live_message(message);
    feed_.view(*this, std::get<view_request>(std::move(*parsed)));
  }
  // The next frame, or null.
  json take() {
    woken = false;
    const auto frame = feed_.take(*this);
    return frame ? json::parse(*frame) : json();
  }

  bool woken = false;

 private:
  view_feed& feed_;
};

std::vector<std::string> ids(const json& hosts) {
  std::vector<std::string> found;
  for (const auto& each : hosts) {
    found.push_back(each.at("id"));
  }
  return found;
}

class ViewFeed : public ::testing::Test {
 protected:
  ViewFeed() {
    for (int i = 1; i <= 20; ++i) {
      receive(fmt::format("h{}", i), i);
    }
  }

  void apply(const fleet_event& event) {
    fleet_effects effects;
    hosts_.apply(event, now_ms(), effects);
    feed_->publish(effects);
  }
  void receive(std::string_view id, double cpu) {
    apply(sample_received{host(id), sample_at(now_ms(), cpu)});
  }
  void lose(std::string_view id) {
    apply(status_received{host(id), {reported_state::lost, now_ms(), ""}});
  }
  // Runs what is due now, without waiting for a timer.
  void run() {
    io_.restart();
    io_.poll();
  }

  boost::asio::io_context io_{1};
  branding brand_ = acme();
  fleet hosts_{fleet_rules{}};
  watched_service backend_{[](const host_id&) { return false; }};
  host_counts watchers_;
  std::shared_ptr<view_feed> feed_ =
      std::make_shared<view_feed>(io_, milliseconds{0}, brand_, hosts_, watchers_, backend_);
};

TEST_F(ViewFeed, SaysNothingBeforeItKnowsWhatIsShown) {
  browser one(*feed_);
  receive("h1", 50);
  run();
  EXPECT_FALSE(one.woken && !one.take().is_null());
}

TEST_F(ViewFeed, SendsTheWindowAndTheCounts) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"-cpu","from":2,"count":3})");
  const auto frame = one.take();
  EXPECT_EQ(frame.at("type"), "view");
  EXPECT_EQ(frame.at("org").at("name"), brand_.organization);
  EXPECT_EQ(frame.at("rows"), json({{"total", 20}, {"from", 2}, {"ids", {"h18", "h17", "h16"}}}));
  EXPECT_THAT(ids(frame.at("hosts")), ElementsAre("h18", "h17", "h16"));
  EXPECT_EQ(frame.at("summary").at("hosts").at("online"), 20);
  EXPECT_EQ(frame.at("summary").at("total"), 20);
  EXPECT_THAT(frame.at("alerts"), IsEmpty());
  EXPECT_TRUE(one.take().is_null()) << "nothing is told twice";
}

TEST_F(ViewFeed, TellsOnlyOfHostsInTheWindow) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","from":0,"count":2})");
  one.take();
  receive("h7", 60);
  run();
  EXPECT_FALSE(one.woken) << "nothing that it shows has changed";
  receive("h2", 50);
  run();
  ASSERT_TRUE(one.woken);
  const auto frame = one.take();
  EXPECT_THAT(ids(frame.at("hosts")), ElementsAre("h2"));
  EXPECT_FALSE(frame.contains("rows"));
  EXPECT_FALSE(frame.contains("summary"));
  EXPECT_EQ(frame.at("hosts")[0].at("cpu").at("percent"), 50);
}

TEST_F(ViewFeed, SendsAHostWholeAgainWhenItComesBackIntoTheWindow) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","from":0,"count":2})");
  one.take();
  one.show(R"({"type":"view","sort":"id","from":1,"count":2})");
  EXPECT_THAT(ids(one.take().at("hosts")), ElementsAre("h3")) << "h2 is there already";
  one.show(R"({"type":"view","sort":"id","from":0,"count":2})");
  EXPECT_THAT(ids(one.take().at("hosts")), ElementsAre("h1"));
}

TEST_F(ViewFeed, AlwaysSendsTheHostsInTrouble) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","count":1})");
  one.take();
  lose("h9");
  run();
  one.show(R"({"type":"view","q":"h1","sort":"id","count":1})");
  const auto frame = one.take();
  EXPECT_EQ(frame.at("trouble"), json({"h9"}));
  EXPECT_THAT(ids(frame.at("hosts")), ElementsAre("h9"));
  EXPECT_EQ(frame.at("summary").at("trouble"), 1);
  EXPECT_EQ(frame.at("summary").at("hosts").at("lost"), 1);
}

TEST_F(ViewFeed, PutsTheWorstFirst) {
  lose("h9");
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"trouble","count":3})");
  EXPECT_EQ(one.take().at("rows").at("ids"), json({"h9", "h1", "h2"}));
}

TEST_F(ViewFeed, HoldsTheOrderWhileSomebodyReads) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"-cpu","count":2})");
  EXPECT_EQ(one.take().at("rows").at("ids"), json({"h20", "h19"}));
  one.show(R"({"type":"view","sort":"-cpu","count":2,"hold":true})");
  one.take();
  receive("h1", 99);
  lose("h20");
  run();
  const auto held = one.take();
  EXPECT_FALSE(held.contains("rows"));
  EXPECT_THAT(ids(held.at("hosts")), ElementsAre("h20"));
  one.show(R"({"type":"view","sort":"-cpu","count":2,"hold":false})");
  EXPECT_EQ(one.take().at("rows").at("ids"), json({"h1", "h19"}));
}

TEST_F(ViewFeed, GroupsHosts) {
  apply(info_received{host("h3"),
                      {"linux", "Debian 12", "", "", "", 0, 0, "", "", {"web", "eu"}, {"10.1.2.3"}}});
  apply(info_received{
      host("h2"), {"linux", "Debian 12", "", "", "", 0, 0, "", "", {"web"}, {"127.0.0.1", "2001:db8::7"}}});
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","group":"tag","count":4})");
  auto frame = one.take();
  EXPECT_EQ(frame.at("groups"), json::parse(R"([["eu",1,0],["web",2,0],["",18,0]])"));
  EXPECT_EQ(frame.at("rows").at("total"), 21);
  EXPECT_EQ(frame.at("rows").at("ids"), json({"h3", "h2", "h3", "h1"}));
  EXPECT_THAT(frame.at("hosts"), SizeIs(3));
  one.show(R"({"type":"view","sort":"id","group":"subnet","count":4})");
  EXPECT_EQ(one.take().at("groups"), json::parse(R"([["10.1.2.0/24",1,0],["2001:db8::/64",1,0],["",18,0]])"));
}

TEST_F(ViewFeed, SendsOneNumberOfEveryHostForColours) {
  lose("h2");
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","heat":"cpu"})");
  const auto heat = one.take().at("heat");
  EXPECT_EQ(heat.at("figure"), "cpu");
  const auto values = base64url_decode(heat.at("values").get<std::string>());
  ASSERT_THAT(*values, SizeIs(20));
  EXPECT_EQ((*values)[0], 1);
  EXPECT_EQ((*values)[1] & 0x7f, 102 + static_cast<int>(host_presence::lost));
  EXPECT_EQ((*values)[19], 20);
}

TEST_F(ViewFeed, TellsOfAlertsThatChanged) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","count":1})");
  EXPECT_EQ(one.take().at("all_alerts"), true);
  apply(isolation_checked{1});
  run();
  ASSERT_TRUE(one.woken);
  auto frame = one.take();
  EXPECT_FALSE(frame.contains("all_alerts"));
  ASSERT_THAT(frame.at("alerts"), SizeIs(1));
  EXPECT_EQ(frame.at("alerts")[0].at("rule"), "isolation");
  apply(isolation_checked{0});
  run();
  EXPECT_EQ(one.take().at("alerts")[0].at("state"), "resolved");
}

TEST_F(ViewFeed, SendsAllAlertsWhenTooManyHaveChanged) {
  browser one(*feed_);
  one.show(R"({"type":"view","count":1})");
  one.take();
  for (std::size_t i = 0; i <= alert_log::max_changes; ++i) {
    receive(fmt::format("hot-{}", i), 99);
  }
  run();
  const auto frame = one.take();
  EXPECT_EQ(frame.at("all_alerts"), true);
  EXPECT_THAT(frame.at("alerts"), SizeIs(alert_log::max_changes + 1));
}

TEST_F(ViewFeed, ResumesWithOnlyWhatWasMissed) {
  std::uint64_t seq = 0;
  {
    browser one(*feed_);
    one.show(R"({"type":"view","sort":"id","count":3})");
    seq = one.take().at("seq");
  }
  receive("h2", 77);
  receive("h3", 3);
  receive("h8", 3);
  browser again(*feed_);
  feed_->resume(again, seq, {host("h1"), host("h2"), host("gone")});
  again.show(R"({"type":"view","sort":"id","count":3})");
  const auto frame = again.take();
  EXPECT_THAT(ids(frame.at("hosts")), ElementsAre("h2", "h3")) << "h1 is as it was, h3 was not there";
  EXPECT_FALSE(frame.contains("alerts")) << "none has changed";
}

TEST_F(ViewFeed, TakesANumberOfAnotherRunForNone) {
  browser one(*feed_);
  feed_->resume(one, 12345, {host("h1")});
  one.show(R"({"type":"view","sort":"id","count":1})");
  const auto frame = one.take();
  EXPECT_THAT(ids(frame.at("hosts")), ElementsAre("h1"));
  EXPECT_EQ(frame.at("all_alerts"), true);
}

TEST_F(ViewFeed, ForgetsARemovedHost) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","count":2,"hold":true})");
  one.take();
  apply(host_removed{host("h1")});
  run();
  ASSERT_TRUE(one.woken);
  EXPECT_EQ(one.take().at("rows"), json({{"total", 19}, {"from", 0}, {"ids", {"h2", "h3"}}}));
  receive("h1", 5);
  one.show(R"({"type":"view","sort":"id","count":1})");
  EXPECT_THAT(ids(one.take().at("hosts")), ElementsAre("h1")) << "a new host of that name";
}

TEST_F(ViewFeed, TellsOfTheHostThatSomebodyLooksAt) {
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"id","count":1})");
  one.take();
  feed_->focus(one, host("h15"));
  EXPECT_THAT(ids(one.take().at("hosts")), ElementsAre("h15"));
  EXPECT_THAT(backend_.focused, ElementsAre(std::pair<std::string, bool>("h15", true)));
  receive("h15", 60);
  run();
  EXPECT_TRUE(one.woken);
}

TEST_F(ViewFeed, LeavesNoFocusBehind) {
  {
    browser one(*feed_);
    browser two(*feed_);
    feed_->focus(one, host("h15"));
    feed_->focus(two, host("h15"));
  }
  EXPECT_THAT(backend_.focused, ElementsAre(std::pair<std::string, bool>("h15", true),
                                            std::pair<std::string, bool>("h15", false)));
}

TEST_F(ViewFeed, KeepsAFrameOfTenThousandHostsSmall) {
  for (int i = 0; i < 10'000; ++i) {
    receive(fmt::format("host-{}", i), i % 80);
  }
  browser one(*feed_);
  one.show(R"({"type":"view","sort":"-cpu","count":60})");
  constexpr std::size_t first_frame = 40'000;
  EXPECT_THAT(one.take().dump().size(), Lt(first_frame));
}

TEST(ViewRequest, NamesWhatIsWrong) {
  const auto mistake = [](std::string_view message) { return parse_live_message(message).error().where; };
  EXPECT_EQ(mistake(R"({"type":"view","sort":"colour"})"), "/sort");
  EXPECT_EQ(mistake(R"({"type":"view","group":"age"})"), "/group");
  EXPECT_EQ(mistake(R"({"type":"view","heat":"name"})"), "/heat");
  EXPECT_EQ(mistake(R"({"type":"view","from":-1})"), "/from");
}

}  // namespace
}  // namespace atlas::web
