#include "core/host_info.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

host_info full_info() {
  return {"linux",
          "Debian GNU/Linux 12 (bookworm)",
          "6.1.0",
          "AMD \"EPYC\"",
          "x86_64",
          4,
          16'777'216'000,
          "0.1.0",
          "web-1",
          {"prod", "web"},
          {"10.0.0.7", "fe80::1"}};
}

TEST(HostInfo, ReadsWhatItWrites) {
  EXPECT_EQ(parse_host_info(format_host_info(full_info())).value(), full_info());
  EXPECT_EQ(parse_host_info(format_host_info({})).value(), host_info{});
}

TEST(HostInfo, LeavesEmptyMembersOut) {
  EXPECT_EQ(format_host_info({}), "{}");
  host_info value;
  value.kernel = "6.1.0";
  value.cores = 2;
  value.tags = {"a", "b"};
  EXPECT_EQ(format_host_info(value), R"({"kernel":"6.1.0","cores":2,"tags":["a","b"]})");
}

TEST(HostInfo, IgnoresUnknownMembersAndNulls) {
  const auto value = parse_host_info(R"({"os":"macos","cores":8.0,"model":null,"later":{"x":[1]}})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->os, "macos");
  EXPECT_EQ(value->cores, 8U);
  EXPECT_EQ(value->model, "");
}

TEST(HostInfo, SaysWhereAFaultIs) {
  const auto many_tags = "[" + std::string(64 * 4, ' ') + R"("t")" + [] {
    std::string more;
    for (int i = 0; i < 64; ++i) {
      more += R"(,"t")";
    }
    return more;
  }() + "]";
  for (const auto& [payload, where] :
       {std::pair<std::string, std::string>{"null", "/"},
        {R"({"os":5})", "/os"},
        {R"({"kernel":")" + std::string(257, 'k') + "\"}", "/kernel"},
        {R"({"cores":-1})", "/cores"},
        {R"({"cores":1.5})", "/cores"},
        {R"({"memory":"16G"})", "/memory"},
        {R"({"memory":18446744073709551615})", "/memory"},
        {R"({"tags":"prod"})", "/tags"},
        {R"({"tags":["a",7]})", "/tags/1"},
        {R"({"tags":)" + many_tags + "}", "/tags"},
        {R"({"addresses":[")" + std::string(257, '1') + "\"]}", "/addresses/0"},
        {R"({"x":")" + std::string(16 * 1024, 'x') + "\"}", "/"}}) {
    const auto value = parse_host_info(payload);
    ASSERT_FALSE(value) << payload;
    EXPECT_EQ(value.error().where, where) << payload << ": " << value.error().what;
  }
}

}  // namespace
}  // namespace atlas::test
