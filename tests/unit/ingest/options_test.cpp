#include "ingest/options.hpp"

#include <gmock/gmock.h>

namespace atlas::ingest {
namespace {

TEST(Options, AreTakenFromTheCommandLine) {
  const auto chosen = parse_options({"--org", "acme", "--root", "/srv", "--ui-dir=/ui", "--verbose"});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->org, "acme");
  EXPECT_EQ(chosen->root, "/srv");
  EXPECT_EQ(chosen->ui_dir, "/ui");
  EXPECT_TRUE(chosen->verbose);
}

TEST(Options, TheDashboardIsLookedForBesideTheProgram) {
  const auto chosen = parse_options({"--org", "acme"});
  ASSERT_TRUE(chosen);
  EXPECT_THAT(chosen->ui_dir.string(), testing::EndsWith("/share/atlas-fleet/ui"));
  EXPECT_FALSE(chosen->root);
}

TEST(Options, AMistakeIsNamed) {
  EXPECT_THAT(parse_options({}).error().what, testing::HasSubstr("--org"));
  EXPECT_THAT(parse_options({"--org"}).error().what, testing::HasSubstr("org"));
  EXPECT_THAT(parse_options({"--org", "a", "--colour"}).error().what, testing::HasSubstr("--colour"));
  EXPECT_FALSE(parse_options({"acme"}));
  EXPECT_FALSE(parse_options({"--or", "acme"}));
}

TEST(Options, HelpNeedsNoOrganisationAndShowsExamples) {
  const auto chosen = parse_options({"--help"});
  ASSERT_TRUE(chosen);
  EXPECT_TRUE(chosen->help);
  EXPECT_THAT(help_text(), testing::AllOf(testing::HasSubstr("--ui-dir"), testing::HasSubstr("Examples")));
}

}  // namespace
}  // namespace atlas::ingest
