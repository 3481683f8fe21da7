#include "broker/output_file.hpp"

#include "test_broker.hpp"

#include <chrono>
#include <future>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::broker {
namespace {

class OutputFile : public testing::Test {
 protected:
  staged_file must_stage(std::string_view text) {
    auto staged = staged_file::create(file, text, 0600, own);
    if (!staged) throw std::runtime_error(staged.error().what);
    return *std::move(staged);
  }
  std::size_t files_in_folder() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
  }
  struct stat status() const {
    struct stat value{};
    stat(file.c_str(), &value);
    return value;
  }

  temporary_folder folder;
  std::filesystem::path file = folder.path() / "file";
  file_owner own{geteuid(), getegid()};
};

TEST_F(OutputFile, IsThereOnlyAfterItsCommit) {
  auto staged = must_stage("text");
  EXPECT_FALSE(std::filesystem::exists(file));
  ASSERT_TRUE(staged.commit());
  EXPECT_EQ(read_text(file), "text");
  EXPECT_EQ(status().st_mode & 07777, 0600U);
}

TEST_F(OutputFile, LeavesNoTraceWithoutACommit) {
  write_text(file, "old");
  {
    const auto staged = must_stage("new");
  }
  EXPECT_EQ(read_text(file), "old");
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(OutputFile, ThatIsAsItShouldBeIsNotTouched) {
  ASSERT_TRUE(must_stage("text").commit());
  const auto before = status();
  auto again = must_stage("text");
  EXPECT_FALSE(again.changes_text());
  EXPECT_EQ(again.path(), file);
  ASSERT_TRUE(again.commit());
  EXPECT_EQ(status().st_ino, before.st_ino);
}

TEST_F(OutputFile, WithAWrongModeIsMended) {
  ASSERT_TRUE(must_stage("text").commit());
  chmod(file.c_str(), 0644);
  ASSERT_TRUE(must_stage("text").commit());
  EXPECT_EQ(status().st_mode & 07777, 0600U);
}

TEST_F(OutputFile, ReplacesALinkRatherThanWhatItPointsTo) {
  const auto elsewhere = folder.path() / "elsewhere";
  write_text(elsewhere, "theirs");
  std::filesystem::create_symlink(elsewhere, file);
  ASSERT_TRUE(must_stage("ours").commit());
  EXPECT_EQ(read_text(elsewhere), "theirs");
  EXPECT_FALSE(std::filesystem::is_symlink(file));
}

TEST_F(OutputFile, ThatCannotBeWrittenIsAFailure) {
  const auto staged = staged_file::create("/proc/no-such-folder/file", "text", 0600, own);
  ASSERT_FALSE(staged);
  EXPECT_EQ(staged.error().where, "/proc/no-such-folder/file");
}

TEST_F(OutputFile, LockIsHeldByOneAtATime) {
  auto first = folder_lock::acquire(folder.path());
  ASSERT_TRUE(first);
  std::promise<void> begun;
  auto second = std::async(std::launch::async, [&] {
    begun.set_value();
    return folder_lock::acquire(folder.path()).has_value();
  });
  begun.get_future().wait();
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  {
    const auto gone = *std::move(first);
  }
  EXPECT_TRUE(second.get());
}

}  // namespace
}  // namespace atlas::broker
