#include "broker/passwd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::broker {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

password_salt counting_salt() {
  static std::uint8_t next = 0;
  password_salt salt{};
  salt.fill(next++);
  return salt;
}

std::string must_render(std::vector<credential> credentials, std::string_view previous = "") {
  auto text = render_passwd(std::move(credentials), previous, counting_salt);
  EXPECT_TRUE(text) << text.error().what;
  return text.value_or("");
}

TEST(Passwd, HasALineForEachUserInOrder) {
  const auto text = must_render({{"b", "two"}, {"a", "one"}});
  EXPECT_THAT(text, StartsWith("a:$7$101$"));
  EXPECT_THAT(text, HasSubstr("\nb:$7$101$"));
  EXPECT_EQ(check_passwd(text, "passwd"), 2U);
}

// Computed with Python: hashlib.pbkdf2_hmac("sha512", b"secret", bytes(range(12)), 101).
TEST(Passwd, IsPbkdf2OfSha512With101Iterations) {
  const auto salt = [] {
    password_salt value{};
    for (std::uint8_t i = 0; i < value.size(); ++i) value[i] = i;
    return value;
  };
  EXPECT_EQ(render_passwd({{"user", "secret"}}, "", salt).value(),
            "user:$7$101$AAECAwQFBgcICQoL$"
            "Xr99N9ym9ys8TWxis5ajETJq6EVYzmc6nb8t3pUYnPBbCAbICS4xejTltonXWCtJNBvA+By+TXUqU6qCblO00w==\n");
}

TEST(Passwd, KeepsTheLineOfAnUnchangedPassword) {
  const auto first = must_render({{"a", "one"}, {"b", "two"}});
  EXPECT_EQ(must_render({{"b", "two"}, {"a", "one"}}, first), first);
}

TEST(Passwd, ChangesOnlyTheLineOfAChangedPassword) {
  const auto first = must_render({{"a", "one"}, {"b", "two"}});
  const auto second = must_render({{"a", "one"}, {"b", "three"}}, first);
  const auto end = first.find('\n');
  EXPECT_EQ(second.substr(0, end), first.substr(0, end));
  EXPECT_NE(second.substr(end), first.substr(end));
}

TEST(Passwd, ForgetsAUserThatIsGone) {
  const auto first = must_render({{"a", "one"}, {"b", "two"}});
  EXPECT_THAT(must_render({{"b", "two"}}, first), testing::Not(HasSubstr("a:")));
}

TEST(Passwd, RendersDamagedLinesAnew) {
  const auto first = must_render({{"a", "one"}});
  for (const std::string damaged :
       {"a:$7$101$AAAA$AAAA", "a:one", "a", ":", "a:$6$x$y", "\n\n", "a:$7$101$"}) {
    const auto text = must_render({{"a", "one"}}, damaged);
    EXPECT_EQ(check_passwd(text, "passwd"), 1U) << damaged;
    EXPECT_EQ(must_render({{"a", "one"}}, text), text);
  }
  EXPECT_EQ(must_render({{"a", "one"}}, first + first.substr(0, 30)), first);
}

TEST(Passwd, RefusesUsersThatTheFileCannotHold) {
  for (const std::string user : {"", "a:b", "a\nb", "#a"}) {
    EXPECT_FALSE(render_passwd({{user, "one"}}, "", counting_salt)) << user;
  }
  EXPECT_FALSE(render_passwd({{"a", "one"}, {"a", "two"}}, "", counting_salt));
}

TEST(Passwd, FindsTheLineThatMosquittoWouldDrop) {
  const auto good = must_render({{"a", "one"}});
  const auto other = must_render({{"b", "two"}});
  const auto where_of = [](const std::string& text) {
    const auto checked = check_passwd(text, "passwd");
    return checked ? std::string("none") : checked.error().where;
  };
  EXPECT_EQ(where_of(good + other), "none");
  EXPECT_EQ(where_of(good + "b:two\n" + other), "passwd:2");
  EXPECT_EQ(where_of(good + good), "passwd:2");
  EXPECT_EQ(where_of(good + "\n"), "passwd:2");
  EXPECT_EQ(where_of(good + other.substr(0, other.size() - 1)), "passwd");
  EXPECT_EQ(where_of("b:$7$101$AAECAwQFBgcICQ==$" + good.substr(good.rfind('$') + 1)),
            "passwd:1");  // 10 bytes
}

TEST(Passwd, GivesEachUserASaltOfItsOwn) {
  const auto text = render_passwd({{"a", "one"}, {"b", "one"}}, "", random_salt).value();
  const auto second = text.find("\nb:") + 1;
  EXPECT_NE(text.substr(2, 24), text.substr(second + 2, 24));
}

TEST(Passwd, KeepsUsersWithoutACredentialWhenAsked) {
  const auto before = render_passwd({{"a", "one"}, {"b", "one"}, {"c", "one"}}, "", counting_salt).value();
  const auto after = render_passwd({{"a", "new"}}, before, counting_salt, [](std::string_view user) {
                       return user != "c";
                     }).value();
  EXPECT_EQ(check_passwd(after, "passwd").value(), 2U);
  EXPECT_NE(after.find(before.substr(before.find("b:"), 40)), std::string::npos) << "b's line as it was";
  EXPECT_EQ(after.find("c:"), std::string::npos);
  EXPECT_EQ(render_passwd({{"a", "new"}}, before, counting_salt).value().find("b:"), std::string::npos);
}

}  // namespace
}  // namespace atlas::broker
