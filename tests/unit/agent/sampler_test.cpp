#include "agent/sampler.hpp"

#include "agent/remote_config.hpp"
#include "core/sample_codec.hpp"

#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

// A machine whose every figure is as large and as strange as it can be.
class monster final : public collector {
 public:
  void collect(sample& out) override {
    out.cpu.percent = 100.0000001;
    out.memory.percent = -0.1;
    out.cpu.cores.assign(5000, 33.333333);
    for (int i = 0; i < 500; ++i) {
      out.disks.push_back({std::string(1000, '\xff'), std::string(1000, 'd'), "fs\n", 1, 1, 100.5, 1.0, 1.0});
      out.network.push_back({std::string(300, 'n'), 1e9, 1e9});
      out.temperatures.push_back({std::string(300, 't'), 50});
    }
  }
};

TEST(Sampler, MakesSamplesThatTheOtherEndTakes) {
  std::vector<std::unique_ptr<collector>> collectors;
  collectors.push_back(std::make_unique<monster>());
  sampler source(std::move(collectors), make_boot_id());
  source.prime();
  const auto json = encode_sample(source.take(from_unix_ms(1'764'000'000'000), std::chrono::seconds(10)));
  EXPECT_LE(json.size(), sample_limits::max_payload_bytes);
  sample_decoder decoder;
  std::vector<sample> decoded;
  const auto result = decoder.decode(json, decoded);
  ASSERT_TRUE(result.has_value()) << to_string(result.error());
  EXPECT_EQ(decoded[0].cpu.percent, 100);
  EXPECT_EQ(decoded[0].memory.percent, 0);
}

TEST(Sampler, NumbersItsSamplesFromOne) {
  sampler source({}, "b00t");
  source.prime();
  EXPECT_EQ(source.take({}, std::nullopt).seq, 1U);
  const auto second = source.take({}, std::chrono::seconds(10));
  EXPECT_EQ(second.seq, 2U);
  EXPECT_EQ(second.boot, "b00t");
  EXPECT_EQ(second.interval, 10.0);
}

TEST(Sampler, NamesEachRunDifferently) {
  const auto one = make_boot_id();
  EXPECT_EQ(one.size(), 16U);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one, make_boot_id());
}

TEST(Sampler, OfThisMachineIsTakenByTheOtherEnd) {
  sampler source(make_collectors("/"), make_boot_id());
  source.prime();
  sample_decoder decoder;
  std::vector<sample> decoded;
  const auto json = encode_sample(source.take(from_unix_ms(1'764'000'000'000), std::nullopt));
  ASSERT_TRUE(decoder.decode(json, decoded).has_value()) << json;
  EXPECT_GT(decoded[0].memory.total, 0U);
  EXPECT_GT(decoded[0].processes, 0U);
}

TEST(RemoteConfig, MayAskForAnotherInterval) {
  EXPECT_EQ(parse_remote_config(R"({"report_interval": 3, "focus": true})")->report_interval,
            std::chrono::seconds(3));
  EXPECT_EQ(parse_remote_config("")->report_interval, std::nullopt);
  EXPECT_EQ(parse_remote_config("{}")->report_interval, std::nullopt);
  for (const char* wrong : {R"({"report_interval": 0})", R"({"report_interval": 86401})",
                            R"({"report_interval": "3"})", R"({"report_interval": 1.5})", "[", "3"}) {
    EXPECT_FALSE(parse_remote_config(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace atlas::agent
