#include "agent/sample_buffer.hpp"

#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

TEST(SampleBuffer, SendsOneSampleAsItIs) {
  sample_buffer buffer;
  buffer.add("{1}");
  EXPECT_EQ(buffer.next_batch(), "{1}");
  EXPECT_EQ(buffer.next_batch(), "") << "one batch at a time";
  buffer.taken();
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(buffer.next_batch(), "");
}

TEST(SampleBuffer, SendsSeveralAsAnArrayOldestFirst) {
  sample_buffer buffer;
  buffer.add("{1}");
  buffer.add("{2}");
  EXPECT_EQ(buffer.next_batch(), "[{1},{2}]");
  buffer.add("{3}");
  buffer.taken();
  EXPECT_EQ(buffer.next_batch(), "{3}");
}

TEST(SampleBuffer, SendsAgainWhatHasNotArrived) {
  sample_buffer buffer;
  buffer.add("{1}");
  EXPECT_EQ(buffer.next_batch(), "{1}");
  buffer.add("{2}");
  buffer.returned();
  EXPECT_EQ(buffer.next_batch(), "[{1},{2}]");
}

TEST(SampleBuffer, DropsTheOldestWhenItIsFullAndCountsThem) {
  sample_buffer buffer;
  for (std::size_t i = 0; i < sample_buffer::max_samples + 3; ++i) buffer.add("{" + std::to_string(i) + "}");
  EXPECT_EQ(buffer.size(), sample_buffer::max_samples);
  EXPECT_EQ(buffer.dropped(), 3U);
  EXPECT_EQ(buffer.next_batch().substr(0, 5), "[{3},");
}

TEST(SampleBuffer, DoesNotForgetNewSamplesWhenABatchArrivesLate) {
  sample_buffer buffer;
  buffer.add("{old}");
  buffer.next_batch();
  for (std::size_t i = 0; i < sample_buffer::max_samples; ++i) buffer.add("{new}");
  buffer.taken();
  EXPECT_EQ(buffer.size(), sample_buffer::max_samples);
}

TEST(SampleBuffer, KeepsEachMessageWithinTheLimit) {
  sample_buffer buffer;
  const std::string large(20'000, 'x');
  for (int i = 0; i < 7; ++i) buffer.add(large);
  std::size_t messages = 0;
  while (buffer.size() > 0) {
    const auto batch = buffer.next_batch();
    ASSERT_FALSE(batch.empty());
    EXPECT_LE(batch.size(), sample_buffer::max_payload);
    buffer.taken();
    ++messages;
  }
  EXPECT_EQ(messages, 3U);
}

TEST(SampleBuffer, TakesASampleOfExactlyTheLimitAndNoLarger) {
  sample_buffer buffer;
  buffer.add(std::string(sample_buffer::max_payload + 1, 'x'));
  EXPECT_EQ(buffer.dropped(), 1U);
  buffer.add(std::string(sample_buffer::max_payload, 'x'));
  EXPECT_EQ(buffer.next_batch().size(), sample_buffer::max_payload);
}

}  // namespace
}  // namespace atlas::agent
