#include "tenants/archive/cipher.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {
namespace {

using ::testing::HasSubstr;

const std::string passphrase = "a passphrase";

byte_sink append_to(std::string& text) {
  return [&text](std::span<const char> bytes) -> result<void> {
    text.append(bytes.data(), bytes.size());
    return {};
  };
}

// Gives a few bytes at a time, as a pipe does.
byte_source trickle(const std::string& text) {
  return [&text, at = std::size_t{0}](std::span<char> buffer) mutable -> result<std::size_t> {
    const auto count = text.copy(buffer.data(), std::min<std::size_t>(buffer.size(), 7'001), at);
    at += count;
    return count;
  };
}

std::string encrypt(const std::string& plain) {
  std::string sealed;
  auto cipher = encryptor::start(passphrase, append_to(sealed)).value();
  const auto sink = cipher.sink();
  EXPECT_TRUE(pump(trickle(plain), sink));
  EXPECT_TRUE(cipher.finish());
  return sealed;
}

// The plain text, or "error: …".
std::string decrypted(const std::string& sealed, const std::string& with = passphrase) {
  auto looked = look_into(trickle(sealed)).value();
  EXPECT_TRUE(looked.is_encrypted);
  std::string plain;
  const auto read = pump(decrypt(std::move(looked.source), with, "x.atlas"), append_to(plain));
  return read ? plain : "error: " + read.error().where + " " + read.error().what;
}

TEST(Cipher, GivesBackWhatItTook) {
  for (const std::size_t size : {0U, 1U, 65'535U, 65'536U, 65'537U, 200'000U}) {
    const std::string plain(size, 'p');
    const auto sealed = encrypt(plain);
    EXPECT_EQ(sealed.find("pppp"), std::string::npos);
    EXPECT_EQ(decrypted(sealed), plain) << size;
  }
}

TEST(Cipher, NoticesEveryChange) {
  const auto sealed = encrypt(std::string(200'000, 'p'));
  EXPECT_THAT(decrypted(sealed, "another passphrase"), HasSubstr("the passphrase is another one"));
  for (const std::size_t at : {std::size_t{20}, std::size_t{40}, std::size_t{70'000}, sealed.size() - 1}) {
    auto changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_THAT(decrypted(changed), HasSubstr("error: x.atlas")) << at;
  }
  // A chunk boundary is the place where a cut could pass for an end.
  const std::size_t first_chunk = 16 + 16 + 24 + 65'536 + 17;
  for (const auto size :
       {std::size_t{16}, std::size_t{30}, std::size_t{56}, first_chunk, sealed.size() - 1}) {
    EXPECT_THAT(decrypted(sealed.substr(0, size)), HasSubstr("error: x.atlas")) << size;
  }
  EXPECT_THAT(decrypted(sealed + "surplus"), HasSubstr("error: x.atlas"));
}

TEST(Cipher, LeavesPlainSourcesAsTheyAre) {
  for (const std::string text :
       {"", "short", "ATLAS-FLEET-ENC", "a text that is longer than the mark of encryption"}) {
    auto looked = look_into(trickle(text)).value();
    EXPECT_FALSE(looked.is_encrypted);
    std::string read;
    ASSERT_TRUE(pump(looked.source, append_to(read)));
    EXPECT_EQ(read, text);
  }
}

}  // namespace
}  // namespace atlas::tenants
