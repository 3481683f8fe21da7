#include "core/rekey.hpp"

#include <string>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

TEST(Rekey, ACommandComesBackAsItWasWritten) {
  const auto text = format_rekey_command({7, "r2vfKV8wRJ-4kIMT3E_wX"});
  EXPECT_EQ(text, R"({"cmd":"rekey","generation":7,"password":"r2vfKV8wRJ-4kIMT3E_wX"})");
  const auto command = parse_rekey_command(text).value().value();
  EXPECT_EQ(command.generation, 7U);
  EXPECT_EQ(command.password, "r2vfKV8wRJ-4kIMT3E_wX");
}

TEST(Rekey, AReplyComesBackAsItWasWritten) {
  EXPECT_EQ(format_rekey_reply({2, std::nullopt}), R"({"cmd":"rekey","generation":2,"ok":true})");
  EXPECT_FALSE(parse_rekey_reply(format_rekey_reply({2, std::nullopt})).value()->problem);
  const auto refused = parse_rekey_reply(format_rekey_reply({2, "no room"})).value().value();
  EXPECT_EQ(refused.problem, "no room");
  EXPECT_EQ(refused.generation, 2U);
}

TEST(Rekey, IsNotMeantByOtherCommands) {
  EXPECT_FALSE(parse_rekey_command(R"({"cmd":"focus"})").value());
  EXPECT_FALSE(parse_rekey_reply(R"({"cmd":"processes","ok":true})").value());
}

TEST(Rekey, ThatIsNoneIsRefusedByItsPath) {
  EXPECT_EQ(parse_rekey_command("").error().where, "/");
  EXPECT_EQ(parse_rekey_command("{}").error().where, "/cmd");
  EXPECT_EQ(parse_rekey_command(R"({"cmd":"rekey"})").error().where, "/generation");
  EXPECT_EQ(parse_rekey_command(R"({"cmd":"rekey","generation":0,"password":"x"})").error().where,
            "/generation");
  EXPECT_EQ(parse_rekey_command(R"({"cmd":"rekey","generation":2,"password":""})").error().where,
            "/password");
  EXPECT_EQ(parse_rekey_command(R"({"cmd":"rekey","generation":2,"password":"a\nb"})").error().where,
            "/password");
  const auto longest = std::string(129, 'x');
  EXPECT_FALSE(parse_rekey_command(format_rekey_command({2, longest})));
  EXPECT_EQ(parse_rekey_reply(R"({"cmd":"rekey","generation":2})").error().where, "/ok");
  EXPECT_EQ(parse_rekey_reply(R"({"cmd":"rekey","generation":2,"ok":"yes"})").error().where, "/ok");
  EXPECT_EQ(parse_rekey_reply(R"({"cmd":"rekey","generation":4294967296,"ok":true})").error().where,
            "/generation");
}

}  // namespace
}  // namespace atlas::test
