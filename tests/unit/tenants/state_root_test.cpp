#include "tenants/state_root.hpp"

#include "tenants/private_file.hpp"
#include "tenants/slug.hpp"
#include "tests/unit/tenants/support.hpp"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::tenants {

namespace {

using ::testing::HasSubstr;

class StateRoot : public ::testing::Test {
 protected:
  void add(std::string_view slug, std::string_view name, std::string_view id,
           std::string_view more = "") const {
    test::write_text(root.tenant_file(slug),
                     std::string(R"({"organization": {"name": ")") + std::string(name) + R"(", "id": ")" +
                         std::string(id) +
                         R"("}, "server": {"api_key": "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})" +
                         std::string(more) + "}");
  }

  test::temporary_directory folder;
  state_root root{folder.path()};
};

constexpr auto id_a = "aaaaaaaa-0000-4000-8000-00000000000a";
constexpr auto id_b = "bbbbbbbb-0000-4000-8000-00000000000b";

TEST_F(StateRoot, HasNoTenantsAtFirst) {
  EXPECT_TRUE(load_tenants(root).value().empty());
  EXPECT_EQ(find_tenant(root, "acme").error().front().where, "not found");
}

TEST_F(StateRoot, FindsATenantBySlugNameOrId) {
  add("beta", "Beta Labs", id_b);
  add("acme", "Acme Corp", id_a);
  const auto tenants = load_tenants(root).value();
  ASSERT_EQ(tenants.size(), 2U);
  EXPECT_EQ(tenants[0].slug, "acme");
  for (const auto* name : {"acme", "Acme Corp", "acme CORP", id_a, "AAAAAAAA-0000-4000-8000-00000000000A"}) {
    EXPECT_EQ(find_tenant(root, name).value().slug, "acme") << name;
  }
  EXPECT_FALSE(find_tenant(root, "../acme"));
  EXPECT_FALSE(find_tenant(root, ""));
}

TEST_F(StateRoot, NamesEveryMistakeOfEveryFileAndGoesOnWithTheOthers) {
  add("acme", "Acme", id_a);
  add("beta", "Beta", "x", R"(, "alerts": {"cpu_threshold": 0})");
  add("gamma", "", id_b);
  EXPECT_EQ(load_tenants(root).error().size(), 3U);
  const auto scanned = scan_tenants(root);
  ASSERT_EQ(scanned.tenants.size(), 1U);
  EXPECT_EQ(scanned.tenants[0].slug, "acme");
  EXPECT_THAT(scanned.mistakes[0].where, HasSubstr("beta/tenant.json: $"));
  EXPECT_TRUE(find_tenant(root, "acme"));
  EXPECT_EQ(find_tenant(root, "beta").error().size(), 2U);
  const auto unknown = find_tenant(root, "Beta");
  EXPECT_EQ(unknown.error().front().where, "not found");
  EXPECT_EQ(unknown.error().size(), 4U) << "it may be one of the files that could not be read";
}

TEST_F(StateRoot, RefusesTwoTenantsWithOneId) {
  add("acme", "Acme", id_a);
  add("copy", "Copy", id_a);
  const auto tenants = load_tenants(root);
  ASSERT_FALSE(tenants);
  EXPECT_THAT(tenants.error().front().where, HasSubstr("copy/tenant.json: $.organization.id"));
  EXPECT_THAT(tenants.error().front().what, HasSubstr("acme"));
}

TEST_F(StateRoot, PassesOverFoldersThatAreNoTenants) {
  std::filesystem::create_directories(root.path() / "tenants" / "empty");
  add(".new-acme", "Acme", id_a);
  test::write_text(root.path() / "tenants" / "README", "x");
  EXPECT_TRUE(load_tenants(root).value().empty());
}

TEST_F(StateRoot, IsChosenByFlagThenEnvironmentThenHome) {
  ::setenv("ATLAS_FLEET_ROOT", "/srv/from-environment", 1);
  EXPECT_EQ(state_root::find("/srv/flag/").path(), "/srv/flag");
  EXPECT_EQ(state_root::find(std::nullopt).path(), "/srv/from-environment");
  ::unsetenv("ATLAS_FLEET_ROOT");
  ::setenv("HOME", "/home/someone", 1);
  if (!std::filesystem::exists("/var/lib/atlas-fleet")) {
    EXPECT_EQ(state_root::find(std::nullopt).path(), "/home/someone/.atlas-fleet");
  }
  EXPECT_TRUE(state_root::find("relative").path().is_absolute());
}

TEST_F(StateRoot, MakesPrivateFolders) {
  ASSERT_TRUE(make_private_directory(root.path() / "a" / "b"));
  ASSERT_TRUE(make_private_directory(root.path() / "a" / "b"));
  EXPECT_EQ(test::mode_of(root.path() / "a"), 0700U);
  EXPECT_EQ(test::mode_of(root.path() / "a" / "b"), 0700U);
  test::write_text(root.path() / "file", "x");
  EXPECT_FALSE(make_private_directory(root.path() / "file" / "c"));
}

TEST(Slug, ComesFromAName) {
  EXPECT_EQ(slug_of("Acme Corp."), "acme-corp");
  EXPECT_EQ(slug_of("  --A&B--  "), "a-b");
  EXPECT_EQ(slug_of("Ünïcode"), "n-code");
  EXPECT_EQ(slug_of("東京"), "");
  EXPECT_TRUE(is_slug(slug_of(std::string(100, 'x'))));
  EXPECT_FALSE(is_slug("-a"));
  EXPECT_FALSE(is_slug("a-"));
  EXPECT_FALSE(is_slug("A"));
  EXPECT_FALSE(is_slug("a/b"));
  EXPECT_FALSE(is_slug(std::string(41, 'x')));
}

}  // namespace

}  // namespace atlas::tenants
