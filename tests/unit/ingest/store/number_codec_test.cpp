#include "ingest/store/number_codec.hpp"
#include "ingest/store/value_codec.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace atlas::ingest::store {
namespace {

constexpr float gap = std::numeric_limits<float>::quiet_NaN();

std::vector<float> there_and_back(const std::vector<float>& values) {
  bytes written;
  encode_values(values, written);
  byte_reader in(written);
  auto read = decode_values(in, values.size());
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0U);
  return read;
}

std::size_t size_of(const std::vector<float>& values) {
  bytes written;
  encode_values(values, written);
  return written.size();
}

void expect_same(const std::vector<float>& values) {
  const auto read = there_and_back(values);
  ASSERT_EQ(read.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_TRUE(read[i] == values[i] || (std::isnan(read[i]) && std::isnan(values[i])))
        << i << ": " << values[i];
  }
}

TEST(NumberCodec, KeepsEveryKindOfValue) {
  expect_same({});
  expect_same({0});
  expect_same({gap});
  expect_same({gap, gap, gap});
  expect_same({12.5F, 12.51F, 12.49F, 99.99F, 0.01F});
  expect_same({1024.0F * 3'613'281, 1024.0F * 3'613'300, 0});
  expect_same({0.1F, gap, 1e30F, -1e-30F, std::numeric_limits<float>::max(), gap});
  expect_same({std::numeric_limits<float>::lowest(), std::numeric_limits<float>::denorm_min()});
  expect_same({-40.5F, -40.25F, 3.125F});
}

TEST(NumberCodec, KeepsTheLargestNumbers) {
  const std::vector<std::int64_t> numbers{std::numeric_limits<std::int64_t>::min(),
                                          std::numeric_limits<std::int64_t>::max(), 0, -1, 1};
  bytes written;
  encode_numbers(numbers, written);
  byte_reader in(written);
  EXPECT_EQ(decode_numbers(in, numbers.size()), numbers);
  EXPECT_TRUE(in.ok());
}

TEST(NumberCodec, NeedsNextToNothingForWhatDoesNotChange) {
  EXPECT_LE(size_of(std::vector<float>(1000, 8'589'934'592.0F)), 12U);
  std::vector<float> uptime;
  for (int i = 0; i < 1000; ++i) {
    uptime.push_back(static_cast<float>(86'400 + 60 * i));
  }
  EXPECT_LE(size_of(uptime), 12U);
}

TEST(NumberCodec, NeedsAboutTheEntropyOfNoise) {
  std::mt19937 random{1};
  std::normal_distribution<double> noise(40, 3);
  std::vector<float> percents;
  for (int i = 0; i < 1000; ++i) {
    percents.push_back(static_cast<float>(std::round(noise(random) * 10) / 10));
  }
  // A normal distribution with a deviation of 30 steps has an entropy of 7 bits.
  EXPECT_LE(size_of(percents), 1000 * 7.8 / 8);
}

TEST(NumberCodec, SaysThatItsInputIsCutShort) {
  bytes written;
  encode_values({1.5F, 99.25F, gap, 3, 1e9F, 77}, written);
  for (std::size_t size = 0; size < written.size(); ++size) {
    byte_reader in(byte_view(written).first(size));
    decode_values(in, 6);
    EXPECT_FALSE(in.ok()) << size;
  }
}

}  // namespace
}  // namespace atlas::ingest::store
