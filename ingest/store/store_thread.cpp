#include "ingest/store/store_thread.hpp"

#include <utility>

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace atlas::ingest::store {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto between_writes = 250ms;
constexpr auto after_trouble = 1s;
constexpr auto between_acks = 500ms;
// Compaction takes no more than about a third of the time.
constexpr auto slice_time = 4ms;
constexpr auto between_slices = 8ms;

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

store_thread::store_thread(sample_store& store, sample_queue& queue, handlers told)
    : store_(store), queue_(queue), told_(std::move(told)) {
  publish_figures();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "history");
    run();
  });
}

store_thread::~store_thread() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool store_thread::ask(history_query query, answer done) {
  {
    const std::scoped_lock lock(mutex_);
    if (questions_.size() >= most_queries) {
      return false;
    }
    questions_.push_back({std::move(query), std::move(done)});
  }
  wake_.notify_one();
  return true;
}

sample_store::figures store_thread::figures() const {
  const std::scoped_lock lock(mutex_);
  return figures_;
}

void store_thread::run() {
  for (;;) {
    auto now = clock::now();
    if (now >= next_write_) {
      write(now);
    }
    answer_questions();
    now = clock::now();
    if (now >= next_slice_ && !trouble_ && store_.wants_compaction(now)) {
      compact(now);
    }
    const bool busy = !trouble_ && store_.wants_compaction(clock::now());
    std::unique_lock lock(mutex_);
    if (stopping_) {
      break;
    }
    wake_.wait_until(lock, busy ? std::min(next_write_, next_slice_) : next_write_,
                     [this] { return stopping_ || !questions_.empty(); });
  }
  write(clock::now());
  answer_questions();
}

void store_thread::answer_questions() {
  std::deque<question> asked;
  {
    const std::scoped_lock lock(mutex_);
    asked.swap(questions_);
  }
  if (!asked.empty()) {
    store_.take(queue_, unix_now());
    if (store_.has_untaken()) {
      tell(store_.commit(unix_now()));  // a host is to be erased, and what comes after that is to be seen
    }
  }
  for (auto& each : asked) {
    each.done(store_.query(each.query));
  }
}

void store_thread::write(clock::time_point now) {
  store_.take(queue_, unix_now());
  const auto written = store_.commit(unix_now());
  tell(written);
  next_write_ = now + (written ? between_writes : after_trouble);
  if (written && now >= next_acks_) {
    next_acks_ = now + between_acks;
    if (auto acks = store_.take_acks(); !acks.empty()) {
      told_.stored(std::move(acks));
    }
  }
  publish_figures();
}

void store_thread::compact(clock::time_point now) {
  store_.begin_compaction(now);
  tell(store_.compact(slice_time, unix_now()));
  next_slice_ = clock::now() + between_slices;
}

void store_thread::tell(const result<void>& outcome) {
  const bool known = outcome ? !trouble_ : trouble_ && trouble_->what == outcome.error().what;
  if (known) {
    return;
  }
  trouble_ = outcome ? std::nullopt : std::optional(outcome.error());
  if (trouble_) {
    spdlog::error("{}: {}", trouble_->where, trouble_->what);
  } else {
    spdlog::info("history is written again");
  }
  told_.trouble(trouble_);
}

void store_thread::publish_figures() {
  auto counted = store_.counted();
  const std::scoped_lock lock(mutex_);
  figures_ = counted;
}

}  // namespace atlas::ingest::store
