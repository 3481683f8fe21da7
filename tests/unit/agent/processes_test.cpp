#include "agent/processes.hpp"

#include "fixture_root.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace atlas::agent::test {
namespace {

// /proc/<pid>/stat with what matters of it.
std::string stat_line(int pid, const std::string& name, int user, int system, int start, int pages) {
  return std::to_string(pid) + " (" + name + ") S 1 1 1 0 -1 4194560 0 0 0 0 " + std::to_string(user) + " " +
         std::to_string(system) + " 0 0 20 0 1 0 " + std::to_string(start) + " 999 " + std::to_string(pages) +
         " 0\n";
}

class Processes : public testing::Test {
 protected:
  void process(int pid, const std::string& name, int user, int system, int start, int pages) const {
    root_.write("/proc/" + std::to_string(pid) + "/stat", stat_line(pid, name, user, system, start, pages));
  }
  // What is listed when `then` happens in the two seconds between the readings.
  auto list(std::size_t limit, const std::function<void()>& then = [] {}) const {
    return top_processes(root_.path(), limit, [&] {
      then();
      return std::optional(std::chrono::duration<double>(2));
    });
  }
  const double second_ = static_cast<double>(::sysconf(_SC_CLK_TCK));  // ticks
  const std::uint64_t page_ = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  fixture_root root_;
};

TEST_F(Processes, AreMeasuredBetweenTwoReadings) {
  process(1, "init", 500, 500, 1, 10);
  process(7, "a (b) c", 100, 50, 1, 20);
  const auto listed = list(5, [this] { process(7, "a (b) c", 200, 150, 1, 30); }).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].pid, 7U);
  EXPECT_EQ(listed[0].name, "a (b) c");
  EXPECT_DOUBLE_EQ(listed[0].cpu_percent, 100 * 200 / second_ / 2) << "100 is one core";
  EXPECT_EQ(listed[0].memory, 30 * page_);
  EXPECT_EQ(listed[1].cpu_percent, 0);
  EXPECT_FALSE(listed[0].user.empty());
}

TEST_F(Processes, MayComeAndGoMeanwhile) {
  process(5, "ends", 100, 0, 1, 1);
  process(6, "old", 100, 0, 1, 1);
  const auto listed = list(5, [this] {
                        root_.remove("/proc/5");
                        process(6, "new", 10, 0, 900, 1);
                        process(8, "begins", 20, 0, 901, 1);
                      }).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].name, "begins");
  EXPECT_EQ(listed[1].name, "new");
  EXPECT_DOUBLE_EQ(listed[1].cpu_percent, 100 * 10 / second_ / 2) << "another process of the same id";
}

TEST_F(Processes, ThatNeedMostOfEitherAreChosen) {
  process(1, "idle", 0, 0, 1, 1);
  process(2, "busy", 0, 0, 1, 2);
  process(3, "fat", 0, 0, 1, 3);
  const auto listed = list(1, [this] { process(2, "busy", 9, 0, 1, 2); }).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].name, "busy");
  EXPECT_EQ(listed[1].name, "fat");
}

TEST_F(Processes, HaveTheNamesOfTheirUsers) {
  process(1, "mine", 0, 0, 1, 1);
  root_.write("/etc/passwd", "broken\nme:x:" + std::to_string(::getuid()) + ":0::/:/bin/sh\n");
  EXPECT_EQ(list(5).value().at(0).user, "me");
  root_.write("/etc/passwd", "");
  EXPECT_EQ(list(5).value().at(0).user, std::to_string(::getuid()));
}

TEST_F(Processes, CannotBeListedWithoutProc) {
  EXPECT_EQ(list(5).error().what, "cannot be read");
  root_.write("/proc/1/stat", "nonsense");
  EXPECT_TRUE(list(5).value().empty());
  EXPECT_FALSE(top_processes(root_.path(), 5, [] { return std::nullopt; }));
}

TEST(ProcessWatch, ListsThisProcessOnAThreadOfItsOwn) {
  process_watch watch;
  std::atomic<bool> done = false;
  ASSERT_TRUE(watch.start("", max_top_processes, "c1", [&done] { done = true; }));
  EXPECT_FALSE(watch.start("", 1, "c2", [] {})) << "one at a time";
  while (!done) std::this_thread::yield();
  const auto outcome = watch.take();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->correlation, "c1");
  EXPECT_FALSE(outcome->reply.processes.empty());
  EXPECT_FALSE(watch.take());
}

TEST(ProcessWatch, EndsAtOnceWithItsOwner) {
  const auto begun = std::chrono::steady_clock::now();
  {
    process_watch watch(std::chrono::hours(1));
    ASSERT_TRUE(watch.start("", 1, "", [] {}));
    EXPECT_FALSE(watch.take());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::minutes(1));
}

}  // namespace
}  // namespace atlas::agent::test
