#include "web/url.hpp"

#include "web/cookies.hpp"
#include "web/static_files.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using ::testing::ElementsAre;

TEST(Target, IsSplitBeforeItIsDecoded) {
  const auto target = parse_target("/api/v1/hosts/a%2Fb/history?metric=disks%5B%2Fhome%5D.percent&x=1+2");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre("api", "v1", "hosts", "a/b", "history"));
  EXPECT_EQ(target->query.find("metric"), "disks[/home].percent");
  EXPECT_EQ(target->query.find("x"), "1 2");
}

TEST(Target, IsTakenInAbsoluteForm) {
  const auto target = parse_target("http://fleet.example:8768/dashboard?a=b");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre("dashboard"));
  EXPECT_THAT(parse_target("HTTPS://fleet.example")->segments, ElementsAre(""));
}

TEST(Target, RefusesWhatNoHonestClientSends) {
  for (const auto* odd : {"/assets/../../etc/passwd", "/assets/%2e%2e/x", "/.", "/a%00b", "/a%0d%0ab", "/%zz",
                          "/%4", "*", "", "relative", "ftp://host/x"}) {
    EXPECT_FALSE(parse_target(odd)) << odd;
  }
}

TEST(Query, NamesTheParameterThatIsBroken) {
  const auto target = parse_target("/x?good=1&points=%ZZ");
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().where, "points");
}

TEST(Query, KeepsRepeatedParameters) {
  const auto target = parse_target("/x?tag=a&tag=b&empty=&bare");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->query.all("tag"), ElementsAre("a", "b"));
  EXPECT_EQ(target->query.find("empty"), "");
  EXPECT_EQ(target->query.find("bare"), "");
  EXPECT_EQ(target->query.find("none"), std::nullopt);
}

TEST(Query, IsBoundedInItsParameters) {
  std::string target = "/x?";
  for (std::size_t i = 0; i <= query_parameters::max_count; ++i) {
    target += "a=1&";
  }
  EXPECT_FALSE(parse_target(target));
}

TEST(Origin, GivesHostAndPort) {
  EXPECT_EQ(authority_of("https://fleet.example:8768"), "fleet.example:8768");
  EXPECT_EQ(authority_of("http://[::1]:80/path"), "[::1]:80");
  EXPECT_EQ(authority_of("null"), std::nullopt);
  EXPECT_EQ(authority_of("file://"), std::nullopt);
}

TEST(Cookie, IsFoundByItsWholeName) {
  EXPECT_EQ(find_cookie("a=1; atlas_session_x=two; b=3", "atlas_session_x"), "two");
  EXPECT_EQ(find_cookie("xatlas=1; atlas=2", "atlas"), "2");
  EXPECT_EQ(find_cookie("atlas2=1", "atlas"), std::nullopt);
  EXPECT_EQ(find_cookie("", "atlas"), std::nullopt);
  EXPECT_EQ(find_cookie(";;; ;", "atlas"), std::nullopt);
}

TEST(Cookie, IsSecureUnderTlsOnly) {
  EXPECT_EQ(session_cookie("n", "s", true), "n=s; Path=/; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(session_cookie("n", "s", false), "n=s; Path=/; HttpOnly; SameSite=Strict");
}

TEST(AcceptEncoding, PrefersBrotliAndRespectsRefusals) {
  EXPECT_EQ(choose_encoding("gzip, deflate, br", true, true), encoding::brotli);
  EXPECT_EQ(choose_encoding("gzip, br;q=0", true, true), encoding::gzip);
  EXPECT_EQ(choose_encoding("GZIP;q=0.5", true, true), encoding::gzip);
  EXPECT_EQ(choose_encoding("*", true, false), encoding::gzip);
  EXPECT_EQ(choose_encoding("*;q=0, br", true, false), encoding::identity);
  EXPECT_EQ(choose_encoding("", true, true), encoding::identity);
  EXPECT_EQ(choose_encoding("br", false, false), encoding::identity);
}

TEST(EntityTag, IsComparedWeaklyAndInLists) {
  EXPECT_TRUE(names_etag(R"("a", W/"b")", R"("b")"));
  EXPECT_TRUE(names_etag("*", R"("b")"));
  EXPECT_FALSE(names_etag(R"("a")", R"("b")"));
  EXPECT_FALSE(names_etag("", R"("b")"));
}

}  // namespace
}  // namespace atlas::web
