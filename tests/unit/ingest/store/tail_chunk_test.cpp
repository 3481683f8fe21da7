#include "ingest/store/tail_chunk.hpp"

#include <gtest/gtest.h>

namespace atlas::ingest::store {
namespace {

std::shared_ptr<const sample_source> source(std::string_view host, std::string boot, metric_list metrics) {
  return std::make_shared<const sample_source>(sample_source{
      *host_id::parse(host), std::move(boot), std::make_shared<const metric_list>(std::move(metrics))});
}

TEST(TailChunk, KeepsWhatWasAdded) {
  const auto web = source("web", "5f0c", {1, 2, 300});
  const auto db = source("db", "", {2});
  chunk_writer writer;
  const std::vector<float> three{1.5F, -2, 3e9F};
  const std::vector<float> one{7};
  writer.add(web, 4, 1'764'000'000'123, 42, three);
  writer.add(db, 70'000, 1'764'000'000'000, std::nullopt, one);
  writer.add(web, 4, 1'764'000'010'123, 0, three);
  const auto content = writer.take();
  EXPECT_EQ(writer.size(), 0U);

  int visited = 0;
  const auto read = read_chunk(content, [&](const chunk_sample& each) {
    const bool is_web = visited != 1;
    EXPECT_EQ(each.host, is_web ? 4U : 70'000U);
    EXPECT_EQ(each.boot, is_web ? "5f0c" : "");
    EXPECT_EQ(*each.metrics, is_web ? (metric_list{1, 2, 300}) : (metric_list{2}));
    EXPECT_EQ(each.ts, visited == 0   ? 1'764'000'000'123
                       : visited == 1 ? 1'764'000'000'000
                                      : 1'764'000'010'123);
    EXPECT_EQ(each.seq, visited == 0   ? std::optional<std::uint64_t>(42)
                        : visited == 1 ? std::nullopt
                                       : std::optional<std::uint64_t>(0));
    EXPECT_EQ(std::vector<float>(each.values.begin(), each.values.end()), is_web ? three : one);
    ++visited;
  });
  EXPECT_TRUE(read);
  EXPECT_EQ(visited, 3);
}

TEST(TailChunk, SaysThatItIsDamaged) {
  chunk_writer writer;
  const std::vector<float> values{1, 2};
  writer.add(source("web", "boot", {1, 2}), 1, 1'764'000'000'000, 1, values);
  const auto content = writer.take();
  for (std::size_t size = 1; size + 1 < content.size(); ++size) {
    int visited = 0;
    const auto read = read_chunk(byte_view(content).first(size), [&](const chunk_sample&) { ++visited; });
    EXPECT_EQ(visited, 0) << size;
    (void)read;
  }
  EXPECT_FALSE(read_chunk(byte_view(content).first(content.size() - 1), [](const chunk_sample&) {}));
  bytes other{9};
  EXPECT_FALSE(read_chunk(other, [](const chunk_sample&) {}));
}

}  // namespace
}  // namespace atlas::ingest::store
