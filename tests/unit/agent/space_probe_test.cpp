#include "agent/linux/space_probe.hpp"

#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

namespace atlas::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A kernel in which every path with "dead" in it does not answer until it is released.
class kernel {
 public:
  static std::optional<disk_space> ask(const std::string& path) {
    std::unique_lock lock(mutex);
    ++asked;
    changed.notify_all();
    if (path.find("dead") != std::string::npos) changed.wait(lock, [] { return released; });
    ++answered;
    changed.notify_all();
    return disk_space{100, 40, 60};
  }
  static void reset() {
    const std::lock_guard lock(mutex);
    released = false;
    asked = answered = 0;
  }
  static void release() {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
  }
  static void wait_until_answered(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return answered >= count; });
  }
  static int times_asked() {
    const std::lock_guard lock(mutex);
    return asked;
  }

 private:
  inline static std::mutex mutex;
  inline static std::condition_variable changed;
  inline static bool released = false;
  inline static int asked = 0;
  inline static int answered = 0;
};

class SpaceProbe : public testing::Test {
 protected:
  SpaceProbe() { kernel::reset(); }
  ~SpaceProbe() override { kernel::release(); }

  space_probe probe{kernel::ask};
};

TEST_F(SpaceProbe, AnswersForThosePathsThatAnswer) {
  const auto answers = probe.ask({"/a", "/b"}, seconds(10));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0], (disk_space{100, 40, 60}));
  EXPECT_EQ(answers[1], (disk_space{100, 40, 60}));
}

TEST_F(SpaceProbe, DoesNotLetADeadMountHoldUpTheOthers) {
  const auto answers = probe.ask({"/dead", "/alive"}, seconds(3));
  EXPECT_FALSE(answers[0].has_value());
  EXPECT_TRUE(answers[1].has_value());
}

TEST_F(SpaceProbe, ShowsAMountAgainWhenItHasAnswered) {
  EXPECT_FALSE(probe.ask({"/dead"}, milliseconds(20))[0].has_value());
  EXPECT_FALSE(probe.ask({"/dead"}, milliseconds(20))[0].has_value());
  EXPECT_LE(kernel::times_asked(), 1) << "a path that hangs is not asked again";
  kernel::release();
  kernel::wait_until_answered(1);
  EXPECT_TRUE(probe.ask({"/dead"}, seconds(10))[0].has_value());
}

TEST_F(SpaceProbe, StartsNoMoreThreadsThanAllowed) {
  std::vector<std::string> paths;
  for (int i = 0; i < 10; ++i) paths.push_back("/dead" + std::to_string(i));
  probe.ask(paths, milliseconds(100));
  probe.ask(paths, milliseconds(100));
  EXPECT_LE(kernel::times_asked(), static_cast<int>(space_probe::max_threads));
}

TEST_F(SpaceProbe, EndsWhileAThreadHangs) {
  space_probe other(kernel::ask);
  EXPECT_FALSE(other.ask({"/dead"}, milliseconds(20))[0].has_value());
}

TEST(Space, OfARealFolderIsTheKernels) {
  const auto space = space_of("/");
  ASSERT_TRUE(space.has_value());
  EXPECT_GT(space->total, 0U);
  EXPECT_LE(space->used, space->total);
  EXPECT_FALSE(space_of("/no/such/folder").has_value());
  EXPECT_FALSE(space_of("/proc").has_value()) << "a file system without a size";
}

}  // namespace
}  // namespace atlas::agent
