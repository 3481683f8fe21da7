#include "core/process_list.hpp"

#include <gtest/gtest.h>

namespace atlas {
namespace {

TEST(ProcessList, ACommandComesBackAsItWasWritten) {
  EXPECT_EQ(format_processes_command({10}), R"({"cmd":"processes","limit":10})");
  EXPECT_EQ(parse_processes_command(R"({"cmd":"processes","limit":10})").value()->limit, 10U);
  EXPECT_EQ(parse_processes_command(R"({"cmd":"processes"})").value()->limit, max_top_processes);
}

TEST(ProcessList, AReplyComesBackAsItWasWritten) {
  const processes_reply said{std::nullopt,
                             {{7, "postgres: \"x\"", "db", 101.25, 4096}, {1, "init", "", 0, 0}}};
  const auto text = format_processes_reply(said);
  EXPECT_EQ(text,
            R"({"cmd":"processes","ok":true,"processes":[{"pid":7,"name":"postgres: \"x\"","user":"db",)"
            R"("cpu":101.25,"memory":4096},{"pid":1,"name":"init","cpu":0,"memory":0}]})");
  const auto reply = parse_processes_reply(text).value().value();
  ASSERT_EQ(reply.processes.size(), 2U);
  EXPECT_EQ(reply.processes[0].name, "postgres: \"x\"");
  EXPECT_EQ(reply.processes[0].cpu_percent, 101.25);
  const auto refused = parse_processes_reply(format_processes_reply({"no /proc", {}})).value().value();
  EXPECT_EQ(refused.problem, "no /proc");
}

TEST(ProcessList, IsNotMeantByOtherCommands) {
  EXPECT_FALSE(parse_processes_command(R"({"cmd":"rekey"})").value());
  EXPECT_FALSE(parse_processes_reply(R"({"cmd":"rekey","ok":true})").value());
}

TEST(ProcessList, CleansAndBoundsWhatItSays) {
  processes_reply many;
  for (std::uint64_t i = 0; i < 2 * max_top_processes; ++i) {
    many.processes.push_back({i, "\xff\x1b" + std::string(300, '"'), std::string(99, '\\'), 1e5, i << 40U});
  }
  const auto text = format_processes_reply(many);
  EXPECT_LE(text.size(), max_processes_reply_bytes);
  const auto reply = parse_processes_reply(text).value().value();
  EXPECT_GT(reply.processes.size(), max_top_processes);
  EXPECT_EQ(reply.processes[0].name, "??" + std::string(62, '"'));
}

TEST(ProcessList, ThatIsNoneIsRefusedByItsPath) {
  const auto where = [](const char* payload) { return parse_processes_reply(payload).error().where; };
  EXPECT_EQ(where("nonsense"), "/");
  EXPECT_EQ(where(R"({"cmd":"processes"})"), "/ok");
  EXPECT_EQ(where(R"({"cmd":"processes","ok":true})"), "/processes");
  EXPECT_EQ(where(R"({"cmd":"processes","ok":true,"processes":[7]})"), "/processes");
  EXPECT_EQ(where(R"({"cmd":"processes","ok":true,"processes":[{"pid":1}]})"), "/processes");
  EXPECT_EQ(where(R"({"cmd":"processes","ok":true,"processes":[{"pid":1,"name":"x","cpu":-1}]})"),
            "/processes");
  EXPECT_EQ(parse_processes_reply(std::string(max_processes_reply_bytes + 1, ' ')).error().where, "/");
  EXPECT_EQ(parse_processes_command(R"({"cmd":"processes","limit":51})").error().where, "/limit");
}

}  // namespace
}  // namespace atlas
