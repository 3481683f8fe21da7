#include "core/sample_codec.hpp"
#include "tests/unit/core/make.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {
namespace {

sample through_the_wire(const sample& value) {
  sample_decoder decoder;
  std::vector<sample> out;
  const auto payload = encode_sample(value);
  EXPECT_TRUE(decoder.decode(payload, out)) << payload;
  return out.at(0);
}

TEST(SampleEncoder, WritesTheSampleOfTheContract) {
  EXPECT_EQ(nlohmann::json::parse(encode_sample(contract_sample())), nlohmann::json::parse(contract_payload));
  EXPECT_EQ(through_the_wire(contract_sample()), contract_sample());
}

TEST(SampleEncoder, LeavesAbsentMembersOut) {
  EXPECT_EQ(encode_sample(make_sample(0)),
            R"({"v":1,"ts":1764000000000,"cpu":{"percent":10},"memory":{"percent":10}})");
}

TEST(SampleEncoder, RoundsToTwoDecimals) {
  auto value = make_sample(0, 100.0 / 3);
  value.network = {{"eth0", 1234.5678, 0.001}};
  const auto read = through_the_wire(value);
  EXPECT_EQ(read.cpu.percent, 33.33);
  EXPECT_EQ(read.network[0].rx_bps, 1234.57);
  EXPECT_EQ(read.network[0].tx_bps, 0);
}

TEST(SampleEncoder, StaysInRangeWhereRoundingMeetsALimit) {
  auto value = make_sample(0, 99.9999, 1e-9);
  value.interval = 1e-6;
  value.temperatures = {{"t", 999.9999}};
  value.network = {{"eth0", 1e15, 1e15}};
  EXPECT_EQ(through_the_wire(value).interval, 1e-6);
}

TEST(SampleEncoder, EscapesNames) {
  auto value = make_sample(0);
  value.boot = "a\"b";
  value.disks = {{"/mnt/\"x\"\\\n\tGröße", "dev", "", 1, 1, 1, {}, {}}};
  EXPECT_EQ(through_the_wire(value), value);
}

TEST(SampleEncoder, WritesValidJsonForNamesThatAreNotUtf8) {
  auto value = make_sample(0);
  value.disks = {{"/mnt/\xff", "", "", 1, 1, 1, {}, {}}};
  EXPECT_EQ(through_the_wire(value).disks[0].mount, "/mnt/\uFFFD");
}

TEST(SampleEncoder, TurnsANumberThatIsNoneIntoAnAbsentOne) {
  auto value = make_sample(0);
  value.cpu.iowait = std::nan("");
  EXPECT_EQ(through_the_wire(value).cpu.iowait, std::nullopt);
}

TEST(SampleEncoder, GivesTheMembersAloneForTheLiveProtocol) {
  std::string out = R"({"id":"h1",)";
  append_sample_members(out, contract_sample());
  out += '}';
  auto expected = nlohmann::json::parse(contract_payload);
  for (const auto* member : {"v", "ts", "seq", "boot", "interval"}) {
    expected.erase(member);
  }
  expected["id"] = "h1";
  EXPECT_EQ(nlohmann::json::parse(out), expected);
}

}  // namespace
}  // namespace atlas::test
