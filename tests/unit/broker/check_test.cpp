#include "broker/files.hpp"
#include "deadline.hpp"
#include "test_broker.hpp"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace atlas::broker {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Check : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(render(broker.options, {{"a", "one"}})); }

  std::vector<std::string> problems() const {
    std::vector<std::string> texts;
    for (const auto& problem : check_files(broker.options).problems) {
      texts.push_back(problem.where + ": " + problem.what);
    }
    return texts;
  }

  // What check_running() says of the running broker after a reload with rules that it cannot read.
  std::string complaint_after_broken_rules() {
    write_text(broker.dir() / "acl", "rubbish\n");
    kill(broker.pid(), SIGHUP);
    std::string said;
    eventually([&] {
      const auto checked = check_running(broker.options);
      said = checked ? "" : checked.error().what;
      return !said.empty();
    });
    return said;
  }

  test_broker broker;
};

TEST_F(Check, FindsNothingWrongWithRenderedFiles) {
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(check_files(broker.options).seen.users, 2U);
  EXPECT_TRUE(check_trial(broker.options));
}

TEST_F(Check, NamesEveryFileThatIsWrongAtOnce) {
  write_text(broker.dir() / "acl", "pattern readwrite #\n");
  write_text(broker.dir() / "passwd", "a:b\n");
  write_text(broker.dir() / "mosquitto.conf", "allow_anonymous true\n");
  write_text(broker.dir() / "certs/server.crt", "rubbish");
  EXPECT_THAT(problems(), testing::UnorderedElementsAre(HasSubstr("/acl: "), HasSubstr("/passwd:1: "),
                                                        HasSubstr("/mosquitto.conf: "),
                                                        HasSubstr("/certs/server.crt: ")));
}

TEST_F(Check, NamesSecretsThatOthersCanRead) {
  chmod((broker.dir() / "certs/ca.key").c_str(), 0644);
  const auto found = problems();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found.front(), HasSubstr("ca.key: can be read by others"));
}

TEST_F(Check, FindsThatTheRunningBrokerIsOpen) {
  broker.options.guard.clear();
  ASSERT_TRUE(render(broker.options, {{"a", "one"}}));
  broker.start();
  EXPECT_EQ(check_running(broker.options), false) << "without a guard";
  // Mosquitto's own trap: rules that it cannot read on a reload open everything.
  const auto said = complaint_after_broken_rules();
  EXPECT_THAT(said, HasSubstr("IS OPEN"));
  EXPECT_THAT(said, HasSubstr("Stop it now"));
  // And apply closes it again.
  const auto applied = atlas::broker::apply(broker.options, {{"a", "one"}});
  ASSERT_TRUE(applied) << applied.error().what;
  EXPECT_TRUE(applied->canary_refused);
  EXPECT_TRUE(check_running(broker.options));
}

TEST_F(Check, FindsThatTheGuardClosesTheBrokerInstead) {
  broker.start();
  EXPECT_EQ(check_running(broker.options), true);
  const auto said = complaint_after_broken_rules();
  EXPECT_THAT(said, HasSubstr("its own topic was refused"));
  const auto applied = atlas::broker::apply(broker.options, {{"a", "one"}});
  ASSERT_TRUE(applied) << applied.error().what;
  EXPECT_TRUE(applied->guarded);
}

TEST_F(Check, SaysThatNoBrokerRuns) {
  EXPECT_THAT(check_running(broker.options).error().what, HasSubstr("not run"));
}

}  // namespace
}  // namespace atlas::broker
