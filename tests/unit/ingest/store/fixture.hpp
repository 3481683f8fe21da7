#pragma once

#include "ingest/store/sample_store.hpp"
#include "tenants/registry.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace atlas::ingest::store {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::int64_t hour_ms = 3'600'000;
inline constexpr std::int64_t day_ms = 86'400'000;
// The beginning of a block of each tier.
inline constexpr std::int64_t start_of_time = 240 * hour_ms * 2040;

// A fleet.db with the store on it, opened and closed as the test likes.
class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    auto name = (std::filesystem::temp_directory_path() / "atlas-store-XXXXXX").string();
    dir = ::mkdtemp(name.data());
    open();
  }
  ~StoreTest() override {
    store.reset();
    std::filesystem::remove_all(dir);
  }

  std::filesystem::path file() const { return dir / "fleet.db"; }
  void open() {
    ASSERT_TRUE(tenants::registry::open(file()));
    names = std::make_unique<metric_dictionary>();
    store = std::make_unique<sample_store>(file(), *names, kept, round_rules{});
  }
  // As after kill -9: nothing is written that was not.
  void restart() {
    store.reset();
    open();
  }

  static host_id host(std::string_view id = "web") { return *host_id::parse(id); }
  // Two metrics, cpu and twice that.
  void hand_over(std::int64_t ts, double cpu, std::optional<std::uint64_t> seq,
                 const std::string& boot = "boot", std::string_view id = "web", std::uint32_t skipped = 0) {
    const metric_list metrics{*names->number_of("cpu"), *names->number_of("twice")};
    queue.push(
        std::make_shared<const sample_source>(
            sample_source{host(id), boot, std::make_shared<const metric_list>(metrics)}),
        ts, seq,
        [&](std::vector<float>& out) {
          out.push_back(static_cast<float>(cpu));
          out.push_back(static_cast<float>(2 * cpu));
        },
        skipped);
  }
  void write() {
    store->take(queue, now);
    const auto written = store->commit(now);
    ASSERT_TRUE(written) << written.error().what;
  }
  void compact() {
    store->begin_compaction(std::chrono::steady_clock::now());
    do {
      const auto done = store->compact(std::chrono::milliseconds(50), now);
      ASSERT_TRUE(done) << done.error().what;
    } while (store->is_compacting());
  }

  std::vector<history_point> ask(std::int64_t from, std::int64_t to, std::size_t points = 100'000,
                                 std::string metric = "cpu", std::string_view id = "web") {
    store->take(queue, now);
    const auto found =
        store->query({host(id), std::move(metric), from_unix_ms(from), from_unix_ms(to), points});
    EXPECT_TRUE(found);
    return found.value_or(std::vector<history_point>{});
  }
  using raw_points = std::vector<std::pair<std::int64_t, double>>;
  raw_points raw(std::int64_t from = 0, std::int64_t to = start_of_time * 2) {
    raw_points out;
    for (const auto& point : ask(from, to)) {
      EXPECT_EQ(point.min, point.max);
      out.emplace_back(to_int(point.ts), point.mean);
    }
    return out;
  }

  std::filesystem::path dir;
  retention kept;
  std::int64_t now = start_of_time + day_ms;
  sample_queue queue{{}};
  std::unique_ptr<metric_dictionary> names;
  std::unique_ptr<sample_store> store;
};

}  // namespace atlas::ingest::store
