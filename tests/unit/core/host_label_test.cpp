#include "core/host_label.hpp"

#include "core/fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using texts = std::vector<std::string>;

TEST(HostLabel, IsCheckedAndTrimmed) {
  host_label_change change{" rack 3,\nleft \n", texts{"office", " third floor ", "office"}};
  ASSERT_TRUE(check(change));
  EXPECT_EQ(change.note, "rack 3,\nleft");
  EXPECT_THAT(*change.tags, ElementsAre("office", "third floor"));
  host_label_change nothing{"", texts{}};
  EXPECT_TRUE(check(nothing));
}

TEST(HostLabel, IsRefusedWithTheMemberThatIsWrong) {
  const auto fault = [](host_label_change change) {
    const auto good = check(change);
    return good ? std::string() : good.error().where;
  };
  EXPECT_EQ(fault({std::string(4'001, 'x'), {}}), "note");
  EXPECT_EQ(fault({"a\tb", {}}), "note");
  EXPECT_EQ(fault({"\xff", {}}), "note");
  EXPECT_EQ(fault({{}, texts{""}}), "tags");
  EXPECT_EQ(fault({{}, texts{"two\nlines"}}), "tags");
  EXPECT_EQ(fault({{}, texts{std::string(65, 'x')}}), "tags");
  texts many;
  for (int i = 0; i < 33; ++i) {
    many.push_back(std::to_string(i));
  }
  EXPECT_EQ(fault({{}, many}), "tags");
  EXPECT_EQ(fault({std::string(4'000, 'x'), texts(33, "the same")}), "");
}

class LabelledHost : public ::testing::Test {
 protected:
  LabelledHost() { apply(host_registered{id_}); }
  void apply(fleet_event event) {
    effects_.clear();
    hosts_.apply(std::move(event), from_unix_ms(1'764'000'000'000), effects_);
  }
  const host_state& host() const { return *hosts_.find(id_); }

  host_id id_ = *host_id::parse("web-1");
  fleet hosts_{fleet_rules{}};
  fleet_effects effects_;
};

TEST_F(LabelledHost, HasItsAgentsTagsAndPeoples) {
  host_info info;
  info.tags = {"prod", "office"};
  apply(info_received{id_, info});
  apply(host_labelled{id_, {"", {"office", "lab"}}});
  EXPECT_THAT(host().tags, ElementsAre("prod", "office", "lab"));
  EXPECT_EQ(effects_.changed.size(), 1U);
  info.tags = {"test"};
  apply(info_received{id_, info});
  EXPECT_THAT(host().tags, ElementsAre("test", "office", "lab"));
  apply(host_labelled{id_, {}});
  EXPECT_THAT(host().tags, ElementsAre("test"));
}

TEST_F(LabelledHost, ChangesOnlyWithAnotherLabel) {
  apply(host_labelled{id_, {"note", {}}});
  EXPECT_EQ(effects_.changed.size(), 1U);
  apply(host_labelled{id_, {"note", {}}});
  EXPECT_THAT(effects_.changed, IsEmpty());
  apply(host_labelled{*host_id::parse("nobody"), {"note", {}}});
  EXPECT_EQ(hosts_.size(), 1U) << "a label makes no host";
}

}  // namespace
}  // namespace atlas
