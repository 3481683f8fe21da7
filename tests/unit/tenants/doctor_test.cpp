#include "tenants/cli/doctor.hpp"

#include "tests/unit/tenants/cli_support.hpp"

#include <filesystem>

#include <gmock/gmock.h>

namespace atlas::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

// With a running installation it is for the system tests.
class Doctor : public CommandLine {
 protected:
  void SetUp() override { add_org("acme", "Acme Corp", 'a'); }
};

TEST_F(Doctor, SaysWhatIsWrongWhereAndWhatToDo) {
  const auto file = root_.tenant_file("acme");
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  const auto done = run({"doctor"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, HasSubstr("WRONG  permissions    " + file.string()));
  EXPECT_THAT(done.out, HasSubstr("chmod 600 "));
  EXPECT_THAT(done.out, HasSubstr("things are wrong."));
}

TEST_F(Doctor, NamesEachMistakeOfABrokenConfiguration) {
  write_text(root_.tenant_file("broken"), R"({"server": {"port": "x"}})");
  EXPECT_THAT(run({"doctor"}).out, HasSubstr("$.server.port"));
}

TEST_F(Doctor, OfAnUnknownOrganisationIsNotFound) { EXPECT_EQ(run({"doctor", "nobody"}).code, 3); }

TEST(DoctorSpace, IsShortWhenBothShareAndAmountAre) {
  constexpr std::uint64_t gib = 1024ULL * 1024 * 1024;
  EXPECT_THAT(cli::space_trouble(100 * gib, 10'000 * gib), IsEmpty()) << "a hundredth, but plenty";
  EXPECT_THAT(cli::space_trouble(gib, 10 * gib), IsEmpty()) << "a tenth";
  EXPECT_THAT(cli::space_trouble(gib, 100 * gib), HasSubstr("only 1024 MiB of 102400 MiB"));
  EXPECT_THAT(cli::space_trouble(gib / 8, gib), HasSubstr("only 128 MiB"));
}

}  // namespace
}  // namespace atlas::test
