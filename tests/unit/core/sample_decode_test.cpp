#include "core/sample_codec.hpp"
#include "tests/unit/core/make.hpp"

#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {
namespace {

using nlohmann::json;

// What the decoder says of a payload: "" when it takes it, else the reason.
std::string verdict(std::string_view payload) {
  sample_decoder decoder;
  std::vector<sample> out{make_sample(1)};
  const auto result = decoder.decode(payload, out);
  if (!result) {
    EXPECT_EQ(out, std::vector{make_sample(1)}) << "a rejection must leave the output alone";
    return std::string(to_string(result.error()));
  }
  EXPECT_GT(out.size(), 1U);
  return "";
}

// The sample of the contract with one member changed.
std::string with(const std::string& pointer, json value) {
  auto document = json::parse(contract_payload);
  document[json::json_pointer(pointer)] = std::move(value);
  return document.dump();
}

std::string without(const std::string& object, const std::string& member) {
  auto document = json::parse(contract_payload);
  document[json::json_pointer(object)].erase(member);
  return document.dump();
}

// The sample of the contract with one more member, written as it stands.
std::string with_text(const std::string& member) {
  return "{" + member + "," + std::string(contract_payload.substr(1));
}

sample decoded(std::string_view payload) {
  sample_decoder decoder;
  std::vector<sample> out;
  EXPECT_TRUE(decoder.decode(payload, out));
  return out.at(0);
}

std::string nested(std::size_t levels, const std::string& innermost = "0") {
  return std::string(levels, '[') + innermost + std::string(levels, ']');
}

TEST(SampleDecoder, ReadsTheSampleOfTheContract) { EXPECT_EQ(decoded(contract_payload), contract_sample()); }

TEST(SampleDecoder, NeedsNothingButVersionTimeCpuAndMemory) {
  const auto value = decoded(R"({"v":1,"ts":1764000000000,"cpu":{"percent":10},"memory":{"percent":10}})");
  EXPECT_EQ(value, make_sample(0));
  for (const auto* member : {"v", "ts", "cpu", "memory"}) {
    EXPECT_EQ(verdict(without("", member)), "missing_member") << member;
    EXPECT_EQ(verdict(with(std::string("/") + member, nullptr)), "missing_member") << member;
  }
  for (const auto* object : {"/cpu", "/memory", "/disks/0", "/battery"}) {
    EXPECT_EQ(verdict(without(object, "percent")), "missing_member") << object;
  }
  EXPECT_EQ(verdict(without("/disks/0", "mount")), "missing_member");
  EXPECT_EQ(verdict(without("/network/0", "name")), "missing_member");
  EXPECT_EQ(verdict(without("/temperatures/0", "name")), "missing_member");
  EXPECT_EQ(verdict(without("/temperatures/0", "celsius")), "missing_member");
}

TEST(SampleDecoder, TakesNullForAnAbsentMember) {
  auto document = json::parse(contract_payload);
  for (const auto* member :
       {"seq", "boot", "interval", "disks", "network", "temperatures", "battery", "uptime", "processes"}) {
    document[member] = nullptr;
  }
  document["cpu"] = {{"percent", 10}, {"cores", nullptr}, {"load", nullptr}, {"iowait", nullptr}};
  document["memory"] = {{"percent", 10}, {"total", nullptr}};
  auto expected = make_sample(0);
  expected.ts = from_unix_ms(1'764'000'000'123);
  EXPECT_EQ(decoded(document.dump()), expected);
}

TEST(SampleDecoder, TakesRatesOfAnInterfaceForZeroWhenTheyAreAbsent) {
  const auto value = decoded(with("/network", json::parse(R"([{"name":"eth0"}])")));
  EXPECT_EQ(value.network, (std::vector<network_sample>{{"eth0", 0, 0}}));
}

TEST(SampleDecoder, IgnoresUnknownMembersAnywhere) {
  auto document = json::parse(contract_payload);
  const auto unknown = json::parse(R"({"a":[1,"x",null,{"b":true}]})");
  document["later"] = unknown;
  for (const auto* object : {"/cpu", "/memory", "/disks/0", "/network/0", "/temperatures/0", "/battery"}) {
    document[json::json_pointer(object)]["later"] = unknown;
  }
  EXPECT_EQ(decoded(document.dump()), contract_sample());
}

TEST(SampleDecoder, LetsTheLastOfRepeatedMembersCount) {
  const auto value = decoded(with_text(
      R"("seq":1,"cpu":{"percent":99,"steal":5,"cores":[1,2,3,4]},"disks":[{"mount":"/x","percent":1}])"));
  EXPECT_EQ(value, contract_sample());
}

TEST(SampleDecoder, ReadsAnArrayInItsOrder) {
  sample_decoder decoder;
  std::vector<sample> out{make_sample(1)};
  const auto second = with("/seq", 43);
  ASSERT_TRUE(decoder.decode("[" + std::string(contract_payload) + "," + second + "]", out));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0], make_sample(1));
  EXPECT_EQ(out[1], contract_sample());
  EXPECT_EQ(out[2].seq, 43U);
}

TEST(SampleDecoder, RejectsAnArrayWholeForOneBadSample) {
  const auto good = std::string(contract_payload);
  EXPECT_EQ(verdict("[" + good + "," + with("/cpu/percent", 101) + "]"), "out_of_range");
  EXPECT_EQ(verdict("[" + good + ",null]"), "wrong_type");
  EXPECT_EQ(verdict("[" + good + ",[" + good + "]]"), "wrong_type");
  EXPECT_EQ(verdict("[]"), "wrong_type");
}

TEST(SampleDecoder, RejectsWhatIsNoJson) {
  const auto good = std::string(contract_payload);
  for (const auto& payload : {std::string(""),
                              std::string(" "),
                              std::string("{"),
                              std::string("}"),
                              std::string("{}}"),
                              std::string("nul"),
                              std::string("'a'"),
                              std::string("{\"v\":1,}"),
                              std::string("[1,]"),
                              std::string("{\"v\" 1}"),
                              std::string("{v:1}"),
                              good + "x",
                              good + good,
                              "\xef\xbb\xbf" + good,
                              good.substr(0, good.size() - 1),
                              good + std::string(1, '\0'),
                              with_text(R"("x":NaN)"),
                              with_text(R"("x":Infinity)"),
                              with_text(R"("x":-Infinity)"),
                              with_text(R"("x":01)"),
                              with_text(R"("x":1.)"),
                              with_text(R"("x":.5)"),
                              with_text(R"("x":+1)"),
                              with_text(R"("x":0x10)"),
                              with_text(R"("x":1e)"),
                              with_text("\"x\":\"\n\""),
                              with_text(R"("x":"\x")"),
                              with_text(R"("x":"\ud800")"),
                              with_text(R"("x":1 /* y */)"),
                              with_text(R"("x":123456789012345678901234567890)") + "}"}) {
    EXPECT_EQ(verdict(payload), "not_json") << payload;
  }
}

TEST(SampleDecoder, RejectsEveryTruncation) {
  for (std::size_t size = 0; size < contract_payload.size(); ++size) {
    EXPECT_EQ(verdict(contract_payload.substr(0, size)), "not_json") << size;
  }
}

TEST(SampleDecoder, TakesSpaceAroundTheValue) {
  EXPECT_EQ(decoded(" \r\n\t" + std::string(contract_payload) + "\n"), contract_sample());
}

TEST(SampleDecoder, RejectsWhatIsNotUtf8WhereverItStands) {
  for (const auto* bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_EQ(verdict(with_text("\"x\":\"" + std::string(bytes) + "\"")), "not_utf8");
    EXPECT_EQ(verdict(bytes), "not_utf8");
    EXPECT_EQ(verdict("\"unclosed " + std::string(bytes)), "not_utf8");
  }
}

TEST(SampleDecoder, TakesEightLevelsAndNotNine) {
  // The object of the sample is the first level.
  EXPECT_EQ(verdict(with_text("\"x\":" + nested(7))), "");
  EXPECT_EQ(verdict(with_text("\"x\":" + nested(8))), "too_deep");
  EXPECT_EQ(verdict("[" + with_text("\"x\":" + nested(6)) + "]"), "");
  EXPECT_EQ(verdict("[" + with_text("\"x\":" + nested(7)) + "]"), "too_deep");
}

TEST(SampleDecoder, CountsAnEmptyInnermostLevelToo) {
  for (const auto* empty : {"[]", "{}"}) {
    EXPECT_EQ(verdict(with_text("\"x\":" + nested(6, empty))), "");
    EXPECT_EQ(verdict(with_text("\"x\":" + nested(7, empty))), "too_deep");
    EXPECT_EQ(verdict("[" + with_text("\"x\":" + nested(6, empty)) + "]"), "too_deep");
    const auto in_disk = std::string(R"({"mount":"/","percent":1,"x":)") + nested(5, empty) + "}";
    EXPECT_EQ(verdict(with_text("\"disks\":[" + in_disk + "]")), "too_deep");
  }
}

TEST(SampleDecoder, IsNotImpressedByDepth) {
  EXPECT_EQ(verdict(nested(30'000)), "too_deep");
  std::string objects;
  for (int i = 0; i < 9000; ++i) {
    objects += "{\"a\":";
  }
  EXPECT_EQ(verdict(objects + "0" + std::string(9000, '}')), "too_deep");
  // That it breaks off is found before its depth is.
  EXPECT_EQ(verdict(std::string(60'000, '[')), "not_json");
}

TEST(SampleDecoder, RejectsPayloadsOver64KiB) {
  auto payload = std::string(contract_payload);
  payload.resize(sample_limits::max_payload_bytes, ' ');
  EXPECT_EQ(verdict(payload), "");
  EXPECT_EQ(verdict(payload + " "), "too_large");
}

TEST(SampleDecoder, RejectsOtherTypes) {
  for (const auto* payload : {"null", "1", "\"text\"", "true", "[1]", "[\"a\"]"}) {
    EXPECT_EQ(verdict(payload), "wrong_type") << payload;
  }
  for (const auto* member : {"/v",
                             "/ts",
                             "/seq",
                             "/interval",
                             "/uptime",
                             "/processes",
                             "/cpu/percent",
                             "/cpu/iowait",
                             "/cpu/steal",
                             "/cpu/cores/0",
                             "/cpu/load/0",
                             "/memory/percent",
                             "/memory/total",
                             "/memory/used",
                             "/memory/available",
                             "/memory/swap_total",
                             "/memory/swap_used",
                             "/disks/0/total",
                             "/disks/0/used",
                             "/disks/0/percent",
                             "/disks/0/read_bps",
                             "/disks/0/write_bps",
                             "/network/0/rx_bps",
                             "/network/0/tx_bps",
                             "/temperatures/0/celsius",
                             "/battery/percent"}) {
    for (const auto& value : {json("1"), json(true), json::array(), json::object()}) {
      EXPECT_EQ(verdict(with(member, value)), "wrong_type") << member << " " << value;
    }
  }
  for (const auto* member : {"/boot", "/disks/0/mount", "/disks/0/device", "/disks/0/fs", "/network/0/name",
                             "/temperatures/0/name", "/battery/charging", "/cpu", "/memory", "/battery",
                             "/disks", "/network", "/temperatures", "/cpu/cores", "/cpu/load"}) {
    EXPECT_EQ(verdict(with(member, 7)), "wrong_type") << member;
  }
  for (const auto* member : {"/cpu/cores", "/disks", "/network", "/temperatures"}) {
    EXPECT_EQ(verdict(with(member, json::array({nullptr}))), "wrong_type") << member;
    EXPECT_EQ(verdict(with(member, json::object())), "wrong_type") << member;
  }
}

TEST(SampleDecoder, TakesThreeLoadsAndNoOtherCount) {
  EXPECT_EQ(verdict(with("/cpu/load", {1, 2})), "wrong_type");
  EXPECT_EQ(verdict(with("/cpu/load", {1, 2, 3, 4})), "wrong_type");
  EXPECT_EQ(verdict(with("/cpu/load", json::array())), "wrong_type");
}

TEST(SampleDecoder, TakesPercentsFrom0To100) {
  for (const auto* member : {"/cpu/percent", "/cpu/iowait", "/cpu/steal", "/cpu/cores/1", "/memory/percent",
                             "/disks/0/percent", "/battery/percent"}) {
    for (const double value : {0.0, -0.0, 100.0, 1e-300}) {
      EXPECT_EQ(verdict(with(member, value)), "") << member << value;
    }
    for (const double value : {-0.001, 100.001, -1.0, 1e300}) {
      EXPECT_EQ(verdict(with(member, value)), "out_of_range") << member << value;
    }
  }
}

TEST(SampleDecoder, RejectsRatesLoadsAndTemperaturesOutOfRange) {
  for (const auto* member :
       {"/disks/0/read_bps", "/disks/0/write_bps", "/network/0/rx_bps", "/network/0/tx_bps"}) {
    EXPECT_EQ(verdict(with(member, 1e15)), "");
    EXPECT_EQ(verdict(with(member, 1.1e15)), "out_of_range");
    EXPECT_EQ(verdict(with(member, -1)), "out_of_range");
  }
  EXPECT_EQ(verdict(with("/cpu/load/2", -0.1)), "out_of_range");
  EXPECT_EQ(verdict(with("/temperatures/0/celsius", -40)), "");
  EXPECT_EQ(verdict(with("/temperatures/0/celsius", -274)), "out_of_range");
  EXPECT_EQ(verdict(with("/temperatures/0/celsius", 1001)), "out_of_range");
}

TEST(SampleDecoder, TakesSizesUpTo2ToThe63) {
  for (const auto* member :
       {"/memory/total", "/memory/swap_used", "/disks/0/used", "/uptime", "/processes"}) {
    EXPECT_EQ(verdict(with(member, std::uint64_t{1} << 63)), "");
    EXPECT_EQ(verdict(with(member, (std::uint64_t{1} << 63) + 1)), "out_of_range");
    EXPECT_EQ(verdict(with(member, -1)), "out_of_range");
    EXPECT_EQ(verdict(with(member, 1.5)), "wrong_type");
  }
  EXPECT_EQ(decoded(with("/memory/total", 8e9)).memory.total, 8'000'000'000U);
}

TEST(SampleDecoder, TakesTheWholeRangeOfSeq) {
  EXPECT_EQ(decoded(with("/seq", ~std::uint64_t{0})).seq, ~std::uint64_t{0});
  EXPECT_EQ(decoded(with("/seq", 0)).seq, 0U);
  EXPECT_EQ(decoded(with("/seq", 7.0)).seq, 7U);
  EXPECT_EQ(verdict(with("/seq", -1)), "out_of_range");
  EXPECT_EQ(verdict(with("/seq", 0x1p64)), "out_of_range");
  EXPECT_EQ(verdict(with("/seq", 7.5)), "wrong_type");
}

TEST(SampleDecoder, TakesTimesBetween2000And2100) {
  EXPECT_EQ(decoded(with("/ts", 1'764'000'000'123.0)).ts, from_unix_ms(1'764'000'000'123));
  EXPECT_EQ(verdict(with("/ts", 946'684'800'000)), "");
  EXPECT_EQ(verdict(with("/ts", 4'102'444'800'000)), "");
  for (const auto& value : {json(946'684'799'999), json(4'102'444'800'001), json(0), json(-1),
                            json(1'764'000'000), json(1.764e300)}) {
    EXPECT_EQ(verdict(with("/ts", value)), "out_of_range") << value;
  }
}

TEST(SampleDecoder, TakesIntervalsUpToADay) {
  EXPECT_EQ(decoded(with("/interval", 0.25)).interval, 0.25);
  EXPECT_EQ(verdict(with("/interval", 86'400)), "");
  EXPECT_EQ(verdict(with("/interval", 0)), "out_of_range");
  EXPECT_EQ(verdict(with("/interval", -1)), "out_of_range");
  EXPECT_EQ(verdict(with("/interval", 86'401)), "out_of_range");
}

TEST(SampleDecoder, SaysOutOfRangeOfNumbersThatNoTypeHolds) {
  for (const auto* number : {"1e999", "-1e999", "123456789012345678901234567890", "18446744073709551616",
                             "-9223372036854775809"}) {
    EXPECT_EQ(verdict(with_text(std::string("\"seq\":") + number)), "out_of_range") << number;
    EXPECT_EQ(verdict(with_text(std::string("\"unknown\":") + number)), "out_of_range") << number;
  }
}

TEST(SampleDecoder, BoundsTextsAndRefusesZeroBytesInThem) {
  for (const auto* member :
       {"/disks/0/mount", "/disks/0/device", "/disks/0/fs", "/network/0/name", "/temperatures/0/name"}) {
    EXPECT_EQ(verdict(with(member, std::string(256, 'x'))), "");
    EXPECT_EQ(verdict(with(member, std::string(257, 'x'))), "out_of_range");
    EXPECT_EQ(verdict(with(member, std::string("a\0b", 3))), "out_of_range");
  }
  EXPECT_EQ(verdict(with("/boot", std::string(64, 'x'))), "");
  EXPECT_EQ(verdict(with("/boot", std::string(65, 'x'))), "out_of_range");
  for (const auto* member : {"/disks/0/mount", "/network/0/name", "/temperatures/0/name"}) {
    EXPECT_EQ(verdict(with(member, "")), "out_of_range");
  }
  EXPECT_EQ(decoded(with("/disks/0/mount", "/Größe \"x\"\n")).disks[0].mount, "/Größe \"x\"\n");
}

TEST(SampleDecoder, BoundsTheNumberOfElements) {
  EXPECT_EQ(verdict(with("/cpu/cores", std::vector<int>(1024, 1))), "");
  EXPECT_EQ(verdict(with("/cpu/cores", std::vector<int>(1025, 1))), "too_many");
  const auto disk = json::parse(R"({"mount":"/","percent":1})");
  EXPECT_EQ(verdict(with("/disks", std::vector<json>(1024, disk))), "");
  EXPECT_EQ(verdict(with("/disks", std::vector<json>(1025, disk))), "too_many");
  const auto smallest =
      json::parse(R"({"v":1,"ts":1764000000000,"cpu":{"percent":1},"memory":{"percent":1}})");
  EXPECT_EQ(verdict(json(std::vector<json>(900, smallest)).dump()), "");
  EXPECT_EQ(verdict(json(std::vector<int>(1001, 1)).dump()), "too_many");
}

TEST(SampleDecoder, NamesAForeignVersionBeforeAnyOtherFault) {
  EXPECT_EQ(verdict(with("/v", 2)), "unsupported_version");
  EXPECT_EQ(verdict(with("/v", 1.5)), "unsupported_version");
  EXPECT_EQ(verdict(with("/v", -1)), "unsupported_version");
  EXPECT_EQ(verdict(with("/v", 1.0)), "");
  EXPECT_EQ(verdict(R"({"cpu":"new form","v":2})"), "unsupported_version");
  EXPECT_EQ(verdict(R"({"v":2})"), "unsupported_version");
}

TEST(SampleDecoder, GoesOnAfterARejection) {
  sample_decoder decoder;
  std::vector<sample> out;
  for (const auto& bad : {std::string("{"), nested(3000), std::string(70'000, 'x'), with("/ts", 0)}) {
    EXPECT_FALSE(decoder.decode(bad, out));
    EXPECT_TRUE(decoder.decode(contract_payload, out));
    EXPECT_EQ(out.back(), contract_sample());
  }
}

TEST(SampleDecoder, CanBeMoved) {
  sample_decoder first;
  auto second = std::move(first);
  std::vector<sample> out;
  EXPECT_TRUE(second.decode(contract_payload, out));
}

TEST(Rejection, HasANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (const rejection reason : all_rejections) {
    EXPECT_FALSE(to_string(reason).empty());
    EXPECT_EQ(std::count(names.begin(), names.end(), to_string(reason)), 0);
    names.push_back(to_string(reason));
  }
}

}  // namespace
}  // namespace atlas::test
