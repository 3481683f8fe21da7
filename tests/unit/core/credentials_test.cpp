#include "core/credentials.hpp"

#include "core/base64url.hpp"
#include "tests/unit/core/make.hpp"

#include <set>

#include <gtest/gtest.h>

namespace atlas::test {
namespace {

constexpr std::string_view key_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr std::string_view key_base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

api_key vector_key() { return api_key::parse(key_hex).value(); }

TEST(Base64url, EncodesWithoutPaddingInTheUrlAlphabet) {
  const std::vector<std::uint8_t> bytes{0xfb, 0xff, 0xfe, 0x00};
  EXPECT_EQ(base64url_encode(bytes), "-__-AA");
  EXPECT_EQ(base64url_decode("-__-AA"), bytes);
  EXPECT_EQ(base64url_encode({}), "");
  EXPECT_EQ(base64url_decode(""), std::vector<std::uint8_t>{});
}

TEST(Base64url, RefusesPaddingOtherAlphabetsAndLeftoverBits) {
  for (const auto* text :
       {"AA==", "+//+AA", "A", "AB", "AA A", "AA\n", "AAAAA", "\xff\xff\xff\xff", "AAA\xff"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
}

TEST(ApiKey, IsReadInEachOfItsThreeForms) {
  EXPECT_EQ(api_key::parse("afk_" + std::string(key_base64)).value(), vector_key());
  EXPECT_EQ(api_key::parse(key_base64).value(), vector_key());
  EXPECT_EQ(api_key::parse("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F").value(),
            vector_key());
  EXPECT_EQ(vector_key().bytes().size(), 32U);
  EXPECT_EQ(vector_key().bytes()[31], 0x1f);
}

TEST(ApiKey, IsRevealedInTheFormThatItReads) {
  EXPECT_EQ(vector_key().reveal(), "afk_" + std::string(key_base64));
  const auto made = api_key::generate();
  EXPECT_EQ(api_key::parse(made.reveal()).value(), made);
  EXPECT_EQ(made.reveal().size(), 4U + 43U);
}

TEST(ApiKey, MayBeLongerThanThirtyTwoBytes) {
  const std::vector<std::uint8_t> bytes(48, 7);
  EXPECT_EQ(api_key::parse(base64url_encode(bytes)).value().bytes(), bytes);
}

TEST(ApiKey, ThatIsTooShortOrNoBase64IsRefusedWithoutRepeatingIt) {
  for (const auto& text :
       {std::string(""), std::string("afk_"), std::string("afk_c2VjcmV0"), std::string("secret"),
        std::string(key_hex.substr(1)), std::string(5000, 'A'), "afk_" + std::string(key_base64) + "=",
        "afk_afk_" + std::string(key_base64) + "!"}) {
    const auto key = api_key::parse(text);
    ASSERT_FALSE(key) << text;
    EXPECT_TRUE(text.empty() || key.error().what.find(text) == std::string::npos || text == "afk_");
  }
}

TEST(ApiKey, ShowsTwoCharactersWhenMasked) { EXPECT_EQ(vector_key().masked(), "afk_AA…"); }

TEST(ApiKey, IsNewEveryTime) {
  std::set<std::string> keys;
  for (int i = 0; i < 50; ++i) {
    keys.insert(api_key::generate().reveal());
  }
  EXPECT_EQ(keys.size(), 50U);
}

TEST(Credentials, HostPasswordIsTheTestVectorOfTheContract) {
  EXPECT_EQ(derive_host_password(vector_key(), make_org(), make_host("h1"), 1),
            "r2vfKV8wRJ-4kIMT3EowXNFNWZ1UWhEIgxDF7x_xsSM");
}

TEST(Credentials, EverySecretDiffersByKeyOrganisationHostAndGeneration) {
  const auto other_org = make_org("bbbbbbbb-0000-4000-8000-00000000000b");
  std::set<std::string> secrets{
      derive_host_password(vector_key(), make_org(), make_host("h1"), 1),
      derive_host_password(vector_key(), make_org(), make_host("h1"), 2),
      derive_host_password(vector_key(), make_org(), make_host("h1"), 11),
      derive_host_password(vector_key(), make_org(), make_host("h2"), 1),
      derive_host_password(vector_key(), other_org, make_host("h1"), 1),
      derive_host_password(api_key::parse(std::string(43, 'B') + "A").value(), make_org(), make_host("h1"),
                           1),
      derive_ingest_password(vector_key(), make_org()),
      derive_ingest_password(vector_key(), other_org),
  };
  EXPECT_EQ(secrets.size(), 8U);
  for (const auto& secret : secrets) {
    EXPECT_EQ(base64url_decode(secret).value().size(), 32U);
  }
}

}  // namespace
}  // namespace atlas::test
