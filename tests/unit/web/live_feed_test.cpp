#include "web/live_feed.hpp"

#include "tests/unit/web/running_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;

// A browser as the feed sees it: takes at once, or not at all.
class reader final : public live_reader {
 public:
  explicit reader(std::shared_ptr<live_feed> feed) : feed_(std::move(feed)) {
    feed_->join(*this, std::nullopt);
  }
  ~reader() override { feed_->leave(*this); }
  void wake() override {
    if (reads) {
      take_all();
    }
  }
  void take_all() {
    while (auto frame = feed_->take(*this)) {
      frames.push_back(std::move(frame));
    }
  }

  bool reads = true;
  std::vector<live_frame> frames;

 private:
  std::shared_ptr<live_feed> feed_;
};

class LiveFeed : public ::testing::Test {
 protected:
  void receive(std::string_view id, double cpu) {
    fleet_effects effects;
    hosts_.apply(sample_received{host(id), sample_at(now_ms(), cpu)}, now_ms(), effects);
    feed_->publish(effects);
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
  std::shared_ptr<live_feed> feed_ = std::make_shared<live_feed>(io_, live_feed_options{milliseconds{0}, 8},
                                                                 brand_, hosts_, watchers_, backend_);
};

TEST_F(LiveFeed, WritesOneDeltaForAllReaders) {
  std::vector<std::unique_ptr<reader>> readers;
  for (int i = 0; i < 100; ++i) {
    readers.emplace_back(std::make_unique<reader>(feed_))->take_all();
  }
  EXPECT_EQ(feed_->snapshots_written(), 1U);
  receive("alpha", 1);
  run();
  EXPECT_EQ(feed_->deltas_written(), 1U);
  for (const auto& one : readers) {
    ASSERT_EQ(one->frames.size(), 2U);
    EXPECT_EQ(one->frames[0].get(), readers[0]->frames[0].get());
    EXPECT_EQ(one->frames[1].get(), readers[0]->frames[1].get());
  }
}

TEST_F(LiveFeed, DoesNothingWhileNobodyReads) {
  for (int i = 0; i < 1000; ++i) {
    receive("alpha", i % 50);
  }
  EXPECT_EQ(io_.poll(), 0U);
  EXPECT_EQ(feed_->deltas_written(), 0U);
  EXPECT_EQ(feed_->snapshots_written(), 0U);
}

TEST_F(LiveFeed, HoldsNothingForAReaderThatDoesNotRead) {
  reader slow(feed_);
  slow.take_all();
  slow.reads = false;
  reader quick(feed_);
  quick.take_all();
  for (int i = 0; i < 500; ++i) {
    receive(fmt::format("host-{}", i), 1);
    run();
  }
  EXPECT_EQ(quick.frames.size(), 501U);
  EXPECT_EQ(feed_->resyncs(), 0U);
  // Only the newest deltas are kept, and the readers' frames are the only other owners.
  std::size_t shared = 0;
  for (const auto& frame : quick.frames) {
    shared += frame.use_count() > 1 ? 1 : 0;
  }
  EXPECT_LE(shared, live_feed::kept_deltas + 1);
  slow.take_all();
  EXPECT_EQ(feed_->resyncs(), 1U);
  ASSERT_EQ(slow.frames.size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(*slow.frames.back())["hosts"].size(), 500U);
}

TEST_F(LiveFeed, LetsALittleLagPassWithoutASnapshot) {
  reader one(feed_);
  one.take_all();
  one.reads = false;
  for (int i = 0; i < 8; ++i) {
    receive("alpha", i);
    run();
  }
  one.take_all();
  EXPECT_EQ(one.frames.size(), 9U);
  EXPECT_EQ(feed_->resyncs(), 0U);
}

TEST_F(LiveFeed, SharesOneSnapshotAmongReadersThatComeClosely) {
  reader first(feed_);
  first.take_all();
  receive("alpha", 1);
  run();
  reader second(feed_);
  second.take_all();
  EXPECT_EQ(feed_->snapshots_written(), 1U);
  ASSERT_EQ(second.frames.size(), 2U) << "the snapshot and the delta since";
  EXPECT_EQ(second.frames[0].get(), first.frames[0].get());
  EXPECT_EQ(second.frames[1].get(), first.frames[1].get());
}

TEST_F(LiveFeed, GivesEveryReaderASnapshotWithANewBranding) {
  reader present(feed_);
  present.take_all();
  receive("alpha", 1);
  run();
  ASSERT_EQ(present.frames.size(), 2U);
  brand_.title = "Acme Works";
  feed_->rebrand();
  ASSERT_EQ(present.frames.size(), 3U);
  const auto fresh = nlohmann::json::parse(*present.frames[2]);
  EXPECT_EQ(fresh.at("type"), "snapshot");
  EXPECT_EQ(fresh.at("org").at("title"), "Acme Works");
  EXPECT_EQ(fresh.at("hosts").size(), 1U);
  EXPECT_EQ(feed_->resyncs(), 0U) << "nobody was slow";

  const auto before = nlohmann::json::parse(*present.frames[1]).at("seq").get<std::uint64_t>();
  reader back(feed_);
  feed_->resume(back, before, {});
  back.take_all();
  EXPECT_EQ(nlohmann::json::parse(*back.frames.at(0)).at("type"), "snapshot") << "it has the old branding";
  receive("alpha", 2);
  run();
  EXPECT_EQ(nlohmann::json::parse(*present.frames.back()).at("type"), "delta");
}

TEST_F(LiveFeed, ShowsAClockThatIsOffUntilItIsRight) {
  reader one(feed_);
  one.take_all();
  const auto come = [&](milliseconds ahead) {
    fleet_effects effects;
    hosts_.apply(sample_received{host("alpha"), sample_at(now_ms() + ahead, 1)}, now_ms(), effects);
    feed_->publish(effects);
    run();
    return nlohmann::json::parse(*one.frames.back())["hosts"].at(0);
  };
  const auto hour = std::chrono::hours(1);
  EXPECT_NEAR(come(hour)["clock_offset"].get<double>(), 3'600'000, 1'000);
  EXPECT_NEAR(come(hour)["clock_offset"].get<double>(), 3'600'000, 1'000);
  EXPECT_TRUE(come(milliseconds(20)).at("clock_offset").is_null());
  EXPECT_FALSE(come(milliseconds(40)).contains("clock_offset"));
}

TEST_F(LiveFeed, ShowsAHostThatCameBackInTheSameMoment) {
  receive("alpha", 1);
  reader one(feed_);
  one.take_all();
  fleet_effects effects;
  hosts_.apply(host_removed{host("alpha")}, now_ms(), effects);
  hosts_.apply(sample_received{host("alpha"), sample_at(now_ms(), 7)}, now_ms(), effects);
  feed_->publish(effects);
  run();
  const auto delta = nlohmann::json::parse(*one.frames.back());
  EXPECT_FALSE(delta.contains("removed"));
  EXPECT_EQ(delta["hosts"][0]["cpu"]["percent"], 7);
}

TEST_F(LiveFeed, IsAlwaysValidUtf8) {
  reader one(feed_);
  one.take_all();
  fleet_effects effects;
  auto value = sample_at(now_ms(), 1);
  value.disks[0].mount = "/caf\xc3\xa9 \"x\" \xff\xfe\x01";
  hosts_.apply(sample_received{host("alpha"), value}, now_ms(), effects);
  feed_->publish(effects);
  run();
  EXPECT_TRUE(nlohmann::json::accept(*one.frames.back()));
}

}  // namespace
}  // namespace atlas::web
