#include "agent/spool_segment.hpp"

#include "tests/unit/agent/fixture_root.hpp"
#include "tests/unit/agent/process.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace atlas::agent::test {
namespace {

class SpoolSegment : public testing::Test {
 protected:
  std::string file() const { return folder.path("/0000000001.seg"); }

  spool_segment three_samples() const {
    auto made = spool_segment::create(file(), "boot-1").value();
    for (std::uint64_t seq = 1; seq <= 3; ++seq) {
      EXPECT_TRUE(made.append(seq, {"{\"seq\":" + std::to_string(seq) + "}", 0}).has_value());
    }
    return made;
  }
  static std::vector<std::uint64_t> numbers(const spool_segment& of) {
    std::vector<std::uint64_t> found;
    for (const auto& one : of.entries()) found.push_back(one.seq);
    return found;
  }
  void overwrite(std::size_t at, char with) const {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(with);
  }

  fixture_root folder;
};

TEST_F(SpoolSegment, IsFoundAgainAsItWasLeft) {
  three_samples();
  const auto loaded = spool_segment::load(file());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->boot(), "boot-1");
  EXPECT_EQ(numbers(*loaded), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(loaded->read(loaded->entries()[1])->text, R"({"seq":2})");
  EXPECT_EQ(loaded->bytes(), std::filesystem::file_size(file()));
}

TEST_F(SpoolSegment, IsForItsOwnerOnly) {
  three_samples();
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SpoolSegment, CutAnywhereKeepsWhatIsWhole) {
  three_samples();
  const auto all = read_text(file());
  for (auto size = all.size(); size-- > 0;) {
    std::filesystem::resize_file(file(), size);
    const auto loaded = spool_segment::load(file());
    if (size < 15) {
      EXPECT_FALSE(loaded) << size << " bytes are less than its head";
      continue;
    }
    ASSERT_TRUE(loaded) << size;
    EXPECT_EQ(loaded->entries().size(), (size - 15) / 29) << size;
    for (const auto& one : loaded->entries()) EXPECT_TRUE(loaded->read(one));
  }
}

TEST_F(SpoolSegment, LeavesOutWhatIsDamaged) {
  three_samples();
  overwrite(15 + 29 + 24, 'x');  // in the second text
  const auto loaded = spool_segment::load(file());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(numbers(*loaded), (std::vector<std::uint64_t>{1, 3}));
}

TEST_F(SpoolSegment, ReadsNothingWrongFromAFileThatHasChanged) {
  const auto made = three_samples();
  overwrite(15 + 29 + 24, 'x');
  EXPECT_TRUE(made.read(made.entries()[0]));
  EXPECT_FALSE(made.read(made.entries()[1]));
  std::filesystem::remove(file());
  EXPECT_FALSE(made.read(made.entries()[0]));
}

TEST_F(SpoolSegment, RefusesWhatIsNone) {
  folder.write("/0000000001.seg", "");
  EXPECT_FALSE(spool_segment::load(file()));
  folder.write("/0000000001.seg", "something else altogether");
  EXPECT_FALSE(spool_segment::load(file()));
  folder.write("/0000000001.seg", std::string("ATLSPL1\n\xff", 9));
  EXPECT_FALSE(spool_segment::load(file()));
  folder.write("/0000000001.seg", std::string(spool_segment::max_file + 1, 'x'));
  EXPECT_FALSE(spool_segment::load(file()));
  std::filesystem::remove(file());
  std::filesystem::create_symlink("/etc/passwd", file());
  EXPECT_FALSE(spool_segment::load(file()));
  EXPECT_FALSE(spool_segment::load(folder.path("/missing.seg")));
}

TEST_F(SpoolSegment, SaysWhereItCannotWrite) {
  const auto failed = spool_segment::create(folder.path("/missing/1.seg"), "b");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().where, folder.path("/missing/1.seg"));
  auto made = three_samples();
  std::filesystem::remove(file());
  EXPECT_FALSE(made.append(4, {"{}", 0}));
  EXPECT_EQ(made.entries().size(), 3U);
}

TEST_F(SpoolSegment, InMemoryBehavesLikeOneInAFile) {
  auto memory = spool_segment::create({}, "b").value();
  ASSERT_TRUE(memory.append(1, {"{1}", 0}).has_value());
  ASSERT_TRUE(memory.append(5, {"{5}", 3}).has_value());
  EXPECT_EQ(memory.read(memory.entries()[1])->text, "{5}");
  EXPECT_EQ(memory.read(memory.entries()[1])->skipped, 3U);
  auto file = three_samples();
  ASSERT_TRUE(file.become(std::move(memory)).has_value());
  EXPECT_EQ(numbers(spool_segment::load(file.path()).value()), (std::vector<std::uint64_t>{1, 5}));
  file.clear();
  EXPECT_TRUE(spool_segment::load(file.path())->entries().empty());
  EXPECT_EQ(file.bytes(), std::filesystem::file_size(file.path()));
}

}  // namespace
}  // namespace atlas::agent::test
