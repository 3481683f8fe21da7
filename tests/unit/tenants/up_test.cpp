#include "tests/unit/tenants/cli_support.hpp"

#include <gmock/gmock.h>

namespace atlas::test {
namespace {

using testing::HasSubstr;

// That it runs everything is for the system tests: this program has no atlas-ingest beside it.
class Up : public CommandLine {
 protected:
  void SetUp() override { add_org("acme", "Acme Corp", 'a'); }
};

TEST_F(Up, OfAnUnknownOrganisationIsNotFound) {
  const auto done = run({"up", "acme", "nobody"});
  EXPECT_EQ(done.code, 3);
  EXPECT_EQ(done.error_lines(), 1U);
  EXPECT_THAT(done.err, HasSubstr("nobody"));
}

TEST_F(Up, SaysThatTheServicesProgramIsMissing) {
  const auto done = run({"up", "acme"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.error_lines(), 1U);
  EXPECT_THAT(done.err, HasSubstr("atlas-ingest"));
  EXPECT_FALSE(std::filesystem::exists(root_.broker_dir()));
}

TEST_F(Up, WarnsOfABrokenConfigurationAndGoesOnWithTheOthers) {
  write_text(root_.tenant_file("broken"), R"({"server": {"port": "x"}})");
  const auto done = run({"up"});
  EXPECT_THAT(done.err, HasSubstr("$.server.port"));
  EXPECT_THAT(done.err, HasSubstr("atlas-ingest"))
      << "which is not beside this program: it would start the others";
}

TEST_F(Up, TeachesWithExamples) {
  EXPECT_THAT(must({"up", "--help"}).out, HasSubstr("atlas-fleet up acme beta"));
}

}  // namespace
}  // namespace atlas::test
