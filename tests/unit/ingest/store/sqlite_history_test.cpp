#include "ingest/store/sqlite_history.hpp"

#include "fixture.hpp"
#include "tests/unit/core/make.hpp"

#include <boost/asio/io_context.hpp>

namespace atlas::ingest::store {
namespace {

class SqliteHistory : public StoreTest {
 protected:
  SqliteHistory() { begin(); }

  void begin() {
    history.reset();
    store.reset();
    history_options options;
    options.fleet_db = file();
    auto opened = sqlite_history::open(io, options);
    ASSERT_TRUE(opened) << opened.error().what;
    history = *std::move(opened);
    history->on_stored([this](std::vector<host_ack> acks) {
      for (auto& each : acks) {
        stored.push_back(std::move(each.content));
      }
    });
  }
  bool run_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) {
        return false;
      }
      io.restart();
      io.run_for(std::chrono::milliseconds(10));
    }
    return true;
  }
  std::vector<history_point> points(std::string metric) {
    std::optional<std::vector<history_point>> found;
    int calls = 0;
    history->query({host(), std::move(metric), unix_ms{}, from_unix_ms(start_of_time * 2), 1000},
                   [&](auto result) {
                     ++calls;
                     found = result.value();
                   });
    EXPECT_EQ(calls, 0);
    EXPECT_TRUE(run_until([&] { return found.has_value(); }));
    EXPECT_EQ(calls, 1);
    return found.value_or(std::vector<history_point>{});
  }

  boost::asio::io_context io;
  std::unique_ptr<sqlite_history> history;
  std::vector<sample_ack> stored;
};

TEST_F(SqliteHistory, KeepsEveryMetricOfASampleAcrossARestart) {
  const auto value = test::contract_sample();
  history->append(host(), value);
  EXPECT_EQ(history->metrics(host()), metric_names(value));
  const auto check = [&] {
    const auto metrics = metric_names(value);
    std::vector<double> wanted;
    for_each_metric_value(value, [&](double number) { wanted.push_back(number); });
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const auto found = points(metrics[i]);
      ASSERT_EQ(found.size(), 1U) << metrics[i];
      EXPECT_EQ(found[0].ts, value.ts);
      EXPECT_NEAR(found[0].mean, wanted[i], std::abs(wanted[i]) * 1e-6) << metrics[i];
    }
  };
  check();
  begin();
  EXPECT_EQ(history->metrics(host()), metric_names(value));
  check();
}

TEST_F(SqliteHistory, TellsWhatIsStored) {
  history->append(host(), test::contract_sample());
  ASSERT_TRUE(run_until([&] { return !stored.empty(); }));
  EXPECT_EQ(stored[0].boot, "5f0c");
  EXPECT_EQ(stored[0].seq, 42U);
  EXPECT_EQ(stored[0].missing, (std::vector<seq_range>{{0, 41}}));
  EXPECT_FALSE(history->trouble());
  EXPECT_EQ(history->waiting(), 0U);
}

TEST_F(SqliteHistory, WritesWhatWaitsWhenItEnds) {
  history->append(host(), test::contract_sample());
  begin();
  EXPECT_EQ(points("cpu.percent").size(), 1U);
}

TEST_F(SqliteHistory, FollowsAHostWhosePartsChange) {
  auto value = test::contract_sample();
  history->append(host(), value);
  value.disks.push_back({"/home", "/dev/sdb1", "ext4", 100, 50, 50, {}, {}});
  value.disks.push_back({"/home", "/dev/sdb1", "ext4", 100, 60, 60, {}, {}});
  value.ts += milliseconds(1000);
  value.seq = 43;
  history->append(host(), value);
  EXPECT_EQ(points("disks[/home].used").at(0).mean, 50);
  EXPECT_EQ(points("cpu.percent").size(), 2U);
}

TEST_F(SqliteHistory, ErasesAHost) {
  history->append(host(), test::contract_sample());
  history->erase(host());
  EXPECT_TRUE(history->metrics(host()).empty());
  EXPECT_TRUE(points("cpu.percent").empty());
  begin();
  EXPECT_TRUE(points("cpu.percent").empty());
}

}  // namespace
}  // namespace atlas::ingest::store
