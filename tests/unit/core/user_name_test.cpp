#include "core/user_name.hpp"

#include "tests/unit/core/make.hpp"

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

TEST(UserName, IsThatOfTheContract) {
  EXPECT_EQ(host_user_name(make_org(), make_host("web-1")), std::string(org_text) + "/host/web-1");
  EXPECT_EQ(ingest_user_name(make_org()), org_text);
  EXPECT_EQ(canary_user_name(make_org()), std::string(org_text) + "/canary");
}

TEST(UserName, IsParsedBack) {
  EXPECT_EQ(parse_user_name(host_user_name(make_org(), make_host("web-1"))),
            (user_name{make_org(), make_host("web-1")}));
  EXPECT_EQ(parse_user_name(ingest_user_name(make_org())), (user_name{make_org(), std::nullopt}));
  EXPECT_EQ(parse_user_name(canary_user_name(make_org())), (user_name{make_org(), std::nullopt, true}));
}

TEST(UserName, IsNothingElse) {
  const std::string org(org_text);
  for (const auto& text :
       {std::string(), std::string("canary"), org + "/", org + "/host", org + "/host/", org + "/host/..",
        org + "/host/a/b", org + "/canary/x", org + "/canary/", org + "/host/+", org + "/host/#", org + "x",
        org + "/alerts/h", " " + org, org.substr(1)}) {
    EXPECT_FALSE(parse_user_name(text)) << text;
  }
}

}  // namespace
}  // namespace atlas::test
