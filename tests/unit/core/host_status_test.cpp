#include "core/host_status.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

TEST(HostStatus, ReadsWhatItWrites) {
  for (const reported_state state :
       {reported_state::online, reported_state::sleeping, reported_state::stopped, reported_state::lost}) {
    const host_status value{state, at(1.5), "5f0c"};
    EXPECT_EQ(parse_host_status(format_host_status(value)).value(), value);
  }
}

TEST(HostStatus, IsWrittenAsTheContractShows) {
  EXPECT_EQ(format_host_status({reported_state::online, from_unix_ms(1'764'000'000'123), "5f0c"}),
            R"({"state":"online","ts":1764000000123,"boot":"5f0c"})");
}

TEST(HostStatus, NeedsNoBootAndIgnoresUnknownMembers) {
  const auto value = parse_host_status(R"({"why":[{}],"ts":1764000000123.0,"state":"lost","boot":null})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->state, reported_state::lost);
  EXPECT_EQ(value->boot, "");
  EXPECT_EQ(value->ts, from_unix_ms(1'764'000'000'123));
}

struct faulty {
  std::string payload;
  std::string where;
};

TEST(HostStatus, SaysWhereAFaultIs) {
  for (const auto& [payload, where] : {
           faulty{"", "/"},
           faulty{"[]", "/"},
           faulty{R"({"state":"online","ts":1764000000123)", "/"},
           faulty{"{\"state\":\"online\",\"ts\":1764000000123,\"boot\":\"\xff\"}", "/"},
           faulty{R"({"state":"online","ts":1764000000123,"x":")" + std::string(1024, 'x') + "\"}", "/"},
           faulty{R"({"ts":1764000000123})", "/state"},
           faulty{R"({"state":"Online","ts":1764000000123})", "/state"},
           faulty{R"({"state":1,"ts":1764000000123})", "/state"},
           faulty{R"({"state":"online"})", "/ts"},
           faulty{R"({"state":"online","ts":null})", "/ts"},
           faulty{R"({"state":"online","ts":"1764000000123"})", "/ts"},
           faulty{R"({"state":"online","ts":1764000000123.5})", "/ts"},
           faulty{R"({"state":"online","ts":-1})", "/ts"},
           faulty{R"({"state":"online","ts":1764000000})", "/ts"},
           faulty{R"({"state":"online","ts":99999999999999})", "/ts"},
           faulty{R"({"state":"online","ts":1e999})", "/"},
           faulty{R"({"state":"online","ts":1764000000123,"boot":7})", "/boot"},
           faulty{R"({"state":"online","ts":1764000000123,"boot":")" + std::string(65, 'b') + "\"}", "/boot"},
       }) {
    const auto value = parse_host_status(payload);
    ASSERT_FALSE(value) << payload;
    EXPECT_EQ(value.error().where, where) << payload << ": " << value.error().what;
    EXPECT_FALSE(value.error().what.empty());
  }
}

}  // namespace
}  // namespace atlas::test
