#include "agent/spool.hpp"

#include "tests/unit/agent/fixture_root.hpp"

#include <filesystem>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace atlas::agent::test {
namespace {

using json = nlohmann::json;
namespace fs = std::filesystem;

std::string text_of(std::uint64_t seq, std::size_t size = 0) {
  return R"({"seq":)" + std::to_string(seq) + R"(,"x":")" + std::string(size, 'x') + R"("})";
}

void fill(spool& into, std::uint64_t from, std::uint64_t to, std::size_t size = 0) {
  for (auto seq = from; seq <= to; ++seq) into.add(seq, text_of(seq, size));
}

std::vector<std::uint64_t> numbers(const std::string& batch) {
  std::vector<std::uint64_t> found;
  if (batch.empty()) return found;
  for (const auto& one : json::parse(batch)) found.push_back(one.at("seq"));
  return found;
}

// All that waits, in the order in which it is sent.
std::vector<json> drain(spool& from) {
  std::vector<json> all;
  for (auto batch = from.take_batch(); !batch.empty(); batch = from.take_batch()) {
    EXPECT_LE(batch.size(), spool::max_payload);
    for (auto& one : json::parse(batch)) all.push_back(std::move(one));
  }
  return all;
}

using seqs = std::vector<std::uint64_t>;

class Spool : public testing::Test {
 protected:
  std::string folder() const { return root.path("/state/spool"); }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder()), fs::directory_iterator()));
  }
  fixture_root root;
};

TEST_F(Spool, SendsTheNewestFirstAndThenTheOldest) {
  spool out(folder(), "a", {});
  fill(out, 1, 4);
  EXPECT_EQ(out.take_newest(), text_of(4));
  EXPECT_EQ(out.take_newest(), "");
  EXPECT_EQ(numbers(out.take_batch()), (seqs{1, 2, 3}));
  EXPECT_EQ(out.take_batch(), "");
  EXPECT_EQ(out.size(), 4U) << "nothing is stored yet";
}

TEST_F(Spool, LetsGoOnlyOfWhatIsStored) {
  spool out(folder(), "a", {});
  fill(out, 1, 6);
  drain(out);
  out.acknowledge({"another", 6, {}}, true);
  EXPECT_EQ(out.size(), 6U);
  out.acknowledge({"a", 5, {{2, 2}, {4, 4}}}, false);
  EXPECT_EQ(out.size(), 3U);
  EXPECT_EQ(out.waiting(), 0U) << "what is missing may be on its way";
  out.acknowledge({"a", 5, {{2, 2}, {4, 4}}}, true);
  EXPECT_EQ(numbers(out.take_batch()), (seqs{2, 4}));
  out.acknowledge({"a", 6, {}}, true);
  EXPECT_EQ(out.size(), 0U);
}

TEST_F(Spool, KeepsWhatWasNeverSentWhateverIsAcknowledged) {
  spool out(folder(), "a", {});
  fill(out, 1, 3);
  out.take_newest();
  out.acknowledge({"a", 3, {}}, true);
  EXPECT_EQ(numbers(out.take_batch()), (seqs{1, 2}));
}

TEST_F(Spool, SendsEverythingAgainWhenItMayBeLost) {
  spool out(folder(), "a", {});
  fill(out, 1, 3);
  drain(out);
  out.send_again();
  EXPECT_EQ(out.take_newest(), text_of(3));
  EXPECT_EQ(numbers(out.take_batch()), (seqs{1, 2}));
}

TEST_F(Spool, RemembersEarlierRuns) {
  for (const std::string boot : {"a", "b"}) {
    spool out(folder(), boot, {});
    fill(out, 1, 3);
    drain(out);
  }
  spool out(folder(), "c", {});
  EXPECT_EQ(out.size(), 6U);
  EXPECT_EQ(out.take_newest(), "") << "it is no news";
  fill(out, 1, 1);
  EXPECT_EQ(numbers(out.take_batch()), (seqs{1, 2, 3, 1, 2, 3, 1}));
  out.acknowledge({"a", 3, {}}, true);
  out.acknowledge({"c", 1, {}}, true);
  EXPECT_EQ(out.size(), 3U);
  out.acknowledge({"b", 3, {}}, true);
  EXPECT_EQ(files(), 1U) << "what is stored leaves no file";
}

TEST_F(Spool, TakesLittleRoomWhileEverythingIsStored) {
  spool out(folder(), "a", {});
  for (std::uint64_t seq = 1; seq <= 1'000; ++seq) {
    out.add(seq, text_of(seq, 500));
    out.take_newest();
    out.acknowledge({"a", seq, {}}, true);
  }
  EXPECT_LT(out.bytes(), 100U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(Spool, ThinsItsOlderHalfWhenItIsFull) {
  const spool::limits bounds{.bytes = 100'000'000, .samples = 1'000, .segment_bytes = 2'000};
  spool out(folder(), "a", bounds);
  fill(out, 1, 5'000);
  EXPECT_LE(out.size(), 1'000U);
  EXPECT_EQ(out.dropped() + out.size(), 5'000U);
  const auto left = drain(out);
  std::uint64_t before = 0;
  std::uint64_t widest = 0;
  std::uint64_t step = 0;
  for (const auto& one : left) {
    const std::uint64_t seq = one.at("seq");
    const std::uint64_t skipped = one.value("skipped", 0U);
    EXPECT_EQ(seq - skipped - 1, before) << "each says what is given up before it";
    before = seq;
    step = skipped + 1;
    widest = std::max(widest, step);
  }
  EXPECT_EQ(before, 5'000U);
  EXPECT_EQ(step, 1U) << "the newest are all there";
  EXPECT_EQ(left.at(0).at("seq"), 1U) << "the beginning is still known";
  EXPECT_LE(widest, 32U) << "five times as many came as it has room for";
}

TEST_F(Spool, StaysWithinItsBytesAndItsFiles) {
  const spool::limits bounds{.bytes = 200'000, .segment_bytes = 8'000};
  {
    spool out(folder(), "a", bounds);
    fill(out, 1, 3'000, 500);
    EXPECT_LE(out.bytes(), bounds.bytes);
    EXPECT_LE(files(), 60U);
  }
  std::uintmax_t on_disk = 0;
  for (const auto& file : fs::directory_iterator(folder())) on_disk += file.file_size();
  EXPECT_LE(on_disk, bounds.bytes);
  spool again(folder(), "b", {.bytes = 50'000});
  EXPECT_LE(again.bytes(), 50'000U) << "also when the bounds became narrower";
}

TEST_F(Spool, DropsTheOldestRunsWhereThereAreTooMany) {
  const spool::limits bounds{.segments = 10};
  for (std::uint64_t run = 1; run <= 30; ++run) {
    spool out(folder(), "boot-" + std::to_string(run), bounds);
    fill(out, run, run);
  }
  spool out(folder(), "last", bounds);
  const auto left = drain(out);
  EXPECT_EQ(left.size(), 10U);
  EXPECT_EQ(left.back().at("seq"), 30U);
}

TEST_F(Spool, WithoutAFolderKeepsAFewInMemoryAndSaysSoOnce) {
  spool out({}, "a", {.memory_bytes = 16'000});
  EXPECT_NE(out.take_problem()->find("in memory only"), std::string::npos);
  fill(out, 1, 10, 100);
  EXPECT_FALSE(out.take_problem());
  EXPECT_EQ(drain(out).size(), 10U);
  fill(out, 11, 2'000, 100);
  EXPECT_LE(out.bytes(), 16'000U);
  EXPECT_EQ(json::parse(out.take_newest()).at("seq"), 2'000U);
  EXPECT_NE(out.take_problem()->find("given up"), std::string::npos);
  EXPECT_FALSE(out.take_problem());
}

TEST_F(Spool, LeavesTheFolderOfAnotherAgentAlone) {
  spool first(folder(), "a", {});
  fill(first, 1, 2);
  spool second(folder(), "b", {});
  EXPECT_NE(second.take_problem()->find("another agent"), std::string::npos);
  EXPECT_EQ(second.size(), 0U);
  fill(second, 1, 1);
  EXPECT_EQ(numbers(second.take_batch()), (seqs{1}));
  EXPECT_EQ(files(), 1U);
}

TEST_F(Spool, GoesOnInMemoryWhileFilesCannotBeWritten) {
  spool out(folder(), "a", {});
  fill(out, 1, 2);
  fs::remove_all(folder());
  fill(out, 3, 4);
  EXPECT_NE(out.take_problem()->find(folder()), std::string::npos);
  EXPECT_FALSE(out.take_problem());
  EXPECT_EQ(numbers(out.take_batch()), (seqs{3, 4})) << "what was in the file is gone with it";
}

TEST_F(Spool, ThrowsAwayWhatIsNoSegment) {
  root.write("/state/spool/0000000007.seg", "nonsense");
  root.write("/state/spool/0000000008.seg.new", "half written");
  root.write("/state/spool/readme", "not ours");
  spool out(folder(), "a", {});
  EXPECT_EQ(out.size(), 0U);
  EXPECT_EQ(files(), 1U);
  fill(out, 1, 1);
  EXPECT_TRUE(fs::exists(folder() + "/0000000008.seg"));
}

TEST_F(Spool, DropsASampleThatNoMessageCouldCarry) {
  spool out(folder(), "a", {});
  out.add(1, std::string(spool::max_payload, 'x'));
  EXPECT_EQ(out.dropped(), 1U);
  EXPECT_EQ(out.size(), 0U);
}

using identity = std::pair<std::string, std::uint64_t>;

std::set<identity> identities(const std::string& batch) {
  std::set<identity> found;
  if (batch.empty()) return found;
  for (const auto& one : json::parse(batch)) found.emplace(one.at("boot"), one.at("seq"));
  return found;
}

// Whatever happens, and however often the process ends: what was neither stored nor given up is still sent.
RC_GTEST_PROP(SpoolProperty, LosesNothingThatItHasNotGivenUp, ()) {
  const fixture_root root;
  const spool::limits bounds{.bytes = 20'000, .samples = 100, .segment_bytes = 2'000};
  std::set<identity> produced;
  std::set<identity> stored;
  std::uint64_t given_up = 0;
  const auto runs = *rc::gen::inRange(1, 5);
  for (int run = 0; run < runs; ++run) {
    const auto boot = "boot" + std::to_string(run);
    spool out(root.path("/spool"), boot, bounds);
    std::set<identity> sent;
    std::uint64_t seq = 0;
    for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12))) {
      if (step == 0) {
        out.send_again();
      } else if (step == 1) {
        sent.merge(identities(out.take_batch()));
      } else if (step == 2) {
        sample_ack ack{boot, seq, {}};
        if (seq > 4) ack.missing.push_back({seq / 2, seq / 2 + 1});
        for (const auto& one : sent) {
          if (one.first == boot && ack.covers(one.second)) stored.insert(one);
        }
        out.acknowledge(ack, true);
      } else {
        produced.emplace(boot, ++seq);
        out.add(seq, R"({"boot":")" + boot + R"(","seq":)" + std::to_string(seq) + "}");
      }
      RC_ASSERT(out.bytes() <= bounds.bytes);
      RC_ASSERT(out.size() <= bounds.samples);
    }
    given_up += out.dropped();
  }
  spool last(root.path("/spool"), "last", bounds);
  std::set<identity> left;
  for (auto batch = last.take_batch(); !batch.empty(); batch = last.take_batch()) {
    const auto found = identities(batch);
    RC_ASSERT(found.size() == json::parse(batch).size());
    for (const auto& one : found) {
      RC_ASSERT(produced.count(one) == 1);
      RC_ASSERT(left.insert(one).second);
    }
  }
  std::uint64_t lost = 0;
  for (const auto& one : produced) lost += left.count(one) + stored.count(one) == 0 ? 1 : 0;
  RC_ASSERT(lost <= given_up + last.dropped());
}

}  // namespace
}  // namespace atlas::agent::test
