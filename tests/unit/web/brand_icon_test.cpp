#include "web/brand_icon.hpp"

#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(BrandIcon, HasTheFirstLettersOfTheTitle) {
  EXPECT_EQ(monogram("Acme Fleet"), "AF");
  EXPECT_EQ(monogram("beta"), "B");
  EXPECT_EQ(monogram("  one_two three"), "OT");
  EXPECT_EQ(monogram("Ünder-write"), "ÜW");
  EXPECT_EQ(monogram("🚀 Rockets"), "🚀R");
  EXPECT_EQ(monogram(" - "), "F");
}

TEST(BrandIcon, StandsOnTheBrandsColourInReadableInk) {
  auto brand = testing::acme();
  brand.primary_color = "#00ff00";
  EXPECT_THAT(brand_icon(brand), HasSubstr(R"(fill="#00ff00")"));
  EXPECT_THAT(brand_icon(brand), HasSubstr(R"(fill="#000000")"));
  brand.primary_color = "#1d2b6b";
  EXPECT_THAT(brand_icon(brand), HasSubstr(R"(fill="#ffffff")"));
}

TEST(BrandIcon, DoesNotLetATitleBecomeMarkup) {
  auto brand = testing::acme();
  brand.title = "<script> &x";
  EXPECT_THAT(brand_icon(brand), HasSubstr(">&#60;&#38;<"));
  EXPECT_THAT(brand_icon(brand), Not(HasSubstr("<script")));
}

TEST(WebManifest, IsInTheOrganisationsNameAndColour) {
  auto brand = testing::acme();
  brand.title = "Acme \"Fleet\"";
  const auto manifest = nlohmann::json::parse(web_manifest(brand));
  EXPECT_EQ(manifest.at("name"), brand.title);
  EXPECT_EQ(manifest.at("theme_color"), brand.primary_color);
  EXPECT_EQ(manifest.at("icons").at(0).at("src"), "/icon.svg");
}

}  // namespace
}  // namespace atlas::web
