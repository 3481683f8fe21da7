#include "ingest/store/block_codec.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace atlas::ingest::store {
namespace {

// Percents, sizes, anything; some of them absent.
rc::Gen<float> any_value() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange(0, 10'001), [](int value) { return static_cast<float>(value / 100.0); }),
      rc::gen::map(rc::gen::inRange(0, 1 << 22), [](int value) { return static_cast<float>(value) * 4096; }),
      rc::gen::suchThat(rc::gen::arbitrary<float>(), [](float value) { return std::isfinite(value); }),
      rc::gen::just(no_value));
}

history_block any_raw() {
  history_block made;
  made.times = *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::inRange<std::int64_t>(1'764'000'000'000, 1'764'000'600'000));
  std::sort(made.times.begin(), made.times.end());
  const auto columns = *rc::gen::inRange<std::uint32_t>(0, 4);
  for (std::uint32_t i = 0; i < columns; ++i) {
    made.columns.push_back(
        {i * 100 + 1, *rc::gen::container<std::vector<float>>(made.rows(), any_value()), {}, {}, {}});
  }
  return made;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

void expect_same(const history_block& a, const history_block& b) {
  RC_ASSERT(a.level == b.level);
  RC_ASSERT(a.times == b.times);
  RC_ASSERT(a.counts == b.counts);
  RC_ASSERT(a.columns.size() == b.columns.size());
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    RC_ASSERT(a.columns[i].metric == b.columns[i].metric);
    RC_ASSERT(same(a.columns[i].mean, b.columns[i].mean));
    RC_ASSERT(same(a.columns[i].least, b.columns[i].least));
    RC_ASSERT(same(a.columns[i].most, b.columns[i].most));
    RC_ASSERT(a.columns[i].counts == b.columns[i].counts);
  }
}

RC_GTEST_PROP(BlockCodec, KeepsEveryBlock, ()) {
  const auto raw = any_raw();
  for (const auto& block : {raw, roll_up(raw, tier::minute), roll_up(raw, tier::hour)}) {
    const auto written = encode_block(block);
    const auto read = decode_block(written);
    RC_ASSERT(read.has_value());
    expect_same(*read, block);
    RC_ASSERT(count_rows(written).value() == block.rows());
    for (const auto& column : block.columns) {
      const auto one = decode_column(written, column.metric);
      RC_ASSERT(one.has_value());
      RC_ASSERT(one->columns.size() == 1U);
      RC_ASSERT(same(one->columns[0].mean, column.mean));
    }
    RC_ASSERT(decode_column(written, 77)->columns.empty());
  }
}

RC_GTEST_PROP(BlockCodec, SaysThatABlockIsDamagedOrReadsSomething, ()) {
  auto written = encode_block(roll_up(any_raw(), tier::minute));
  const auto place = *rc::gen::inRange<std::size_t>(0, written.size());
  written[place] = *rc::gen::arbitrary<std::uint8_t>();
  written.resize(*rc::gen::inRange<std::size_t>(0, written.size() + 1));
  if (const auto read = decode_block(written)) {
    for (const auto& column : read->columns) {
      RC_ASSERT(column.mean.size() == read->rows());
    }
  }
}

// Rolling up in any portions gives the same buckets.
RC_GTEST_PROP(BlockMerge, DoesNotDependOnThePortions, ()) {
  const auto raw = any_raw();
  const auto cut = *rc::gen::inRange<std::int64_t>(1'764'000'000'000, 1'764'000'600'000);
  const auto whole = roll_up(raw, tier::minute);
  const auto merged = merge(roll_up(slice(raw, 0, cut), tier::minute),
                            roll_up(slice(raw, cut, cut + 1'000'000), tier::minute));
  RC_ASSERT(merged.counts == whole.counts);
  for (const auto& column : merged.columns) {
    const auto found = std::find_if(whole.columns.begin(), whole.columns.end(),
                                    [&](const block_column& each) { return each.metric == column.metric; });
    RC_ASSERT(found != whole.columns.end());
    RC_ASSERT(found->counts == column.counts);
    RC_ASSERT(same(found->least, column.least));
    RC_ASSERT(same(found->most, column.most));
  }
}

}  // namespace
}  // namespace atlas::ingest::store
