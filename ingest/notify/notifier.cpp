#include "ingest/notify/notifier.hpp"

#include "ingest/notify/retry.hpp"
#include "notify/form.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include <pthread.h>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_waiting_news = 50'000;
constexpr std::size_t max_tests = 8;  // rounds under way
constexpr milliseconds longest_nap = 500ms;
constexpr milliseconds between_counts = 1s;

unix_ms system_now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

double random_share() {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace

notifier::notifier(notifier_options options, notify::outbox store)
    : channels_(std::move(options.channels)),
      look_(std::move(options.look)),
      store_(std::move(store)),
      planner_(std::move(options.rules)) {
  for (const auto& channel : channels_) {
    auto& report = reports_[channel.name];
    report.name = channel.name;
    report.type = channel.type;
  }
}

notifier::~notifier() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  sender_.wake();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void notifier::start() {
  const auto state = store_.planner_state();
  if (!state) {
    spdlog::error("{}: {}", state.error().where, state.error().what);
  } else if (*state) {
    if (const auto loaded = planner_.load(**state); !loaded) {
      spdlog::error("{} {}: what fires now is told anew", loaded.error().where, loaded.error().what);
    }
  }
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "notifier");
    run();
  });
}

void notifier::tell(std::vector<alert_news> changes, std::size_t fleet_size) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_news_ + changes.size() > max_waiting_news) {
      return;
    }
    waiting_news_ += changes.size();
    inputs_.push_back({std::move(changes), false, fleet_size});
  }
  sender_.wake();
}

// It says all that is so now: what waits before it is of no matter any more.
void notifier::reconcile(std::vector<alert_news> firing, std::size_t fleet_size) {
  const std::scoped_lock lock(mutex_);
  if (waiting_news_ + firing.size() > max_waiting_news) {
    inputs_.clear();
    waiting_news_ = 0;
  }
  waiting_news_ += firing.size();
  inputs_.push_back({std::move(firing), true, fleet_size});
}

void notifier::test(std::optional<std::string> channel, test_handler done) {
  {
    const std::scoped_lock lock(mutex_);
    if (orders_.size() < max_tests) {
      orders_.push_back({std::move(channel), std::move(done)});
      done = nullptr;
    }
  }
  if (done) {
    done({{channel.value_or(""), false, "too many tests are under way: try again in ten seconds"}});
  }
  sender_.wake();
}

void notifier::change(org_look look, milliseconds window) {
  const std::scoped_lock lock(mutex_);
  change_ = {std::move(look), window};
}

std::vector<web::channel_report> notifier::report() const {
  const std::scoped_lock lock(mutex_);
  std::vector<web::channel_report> out;
  for (const auto& channel : channels_) {
    out.push_back(reports_.at(channel.name));
  }
  return out;
}

std::string notifier::store_trouble() const {
  const std::scoped_lock lock(mutex_);
  return store_trouble_;
}

void notifier::run() {
  for (;;) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) {
        return;
      }
    }
    const auto now = system_now();
    take_orders(now);
    save(now);
    start_due(now);
    for (const auto& [ticket, outcome] : sender_.wait(longest_nap)) {
      if (ticket < 0) {
        finish_test(ticket, outcome);
      } else {
        finish(ticket, outcome, system_now());
      }
    }
  }
}

void notifier::take_orders(unix_ms now) {
  std::vector<input> inputs;
  std::vector<test_order> orders;
  std::optional<std::pair<org_look, milliseconds>> change;
  {
    const std::scoped_lock lock(mutex_);
    inputs.swap(inputs_);
    change.swap(change_);
    orders.swap(orders_);
    waiting_news_ = 0;
  }
  if (change) {
    look_ = std::move(change->first);
    planner_.set_window(change->second);
  }
  const auto plan = [&](std::vector<notice> planned) {
    std::move(planned.begin(), planned.end(), std::back_inserter(unsaved_));
  };
  for (const auto& one : inputs) {
    fleet_size_ = one.fleet_size;
    plan(one.is_all ? planner_.reconcile(one.news, fleet_size_, now)
                    : planner_.step(one.news, fleet_size_, now));
  }
  if (inputs.empty()) {
    plan(planner_.step({}, fleet_size_, now));
  }
  for (auto& order : orders) {
    begin_test(std::move(order), now);
  }
}

// Nothing is sent that is not in the outbox: a crash must not forget what was said.
void notifier::save(unix_ms now) {
  unsaved_state_ = unsaved_state_ || planner_.is_changed();
  if (!unsaved_state_ && unsaved_.empty()) {
    return;
  }
  std::vector<notify::outbox_row> rows;
  for (const auto& what : unsaved_) {
    for (const auto& channel : what.channels) {
      notify::outbox_row row;
      row.channel = channel;
      row.key = notify::idempotency_key(look_, what, channel);
      row.incident = what.incident;
      row.kind = to_string(what.kind);
      row.title = headline(what);
      row.message = format_notice(what);
      row.added = row.due = now;
      rows.push_back(std::move(row));
    }
  }
  const auto written = store_.commit(planner_.save(), rows, now);
  keep(written);
  if (written) {
    unsaved_state_ = false;
    unsaved_.clear();
  }
}

void notifier::start_due(unix_ms now) {
  for (auto each = delivered_.begin(); each != delivered_.end();) {
    each = store_.mark_sent(*each, now) ? delivered_.erase(each) : std::next(each);
  }
  const auto heads = store_.heads();
  if (!heads) {
    keep(tl::unexpected(heads.error()));
    return;
  }
  for (const auto& row : *heads) {
    const auto* channel = find_channel(row.channel);
    if (channel == nullptr) {
      keep(store_.mark_dead(row.id, "the channel is no longer in tenant.json", now));
    } else if (is_due(row.due, now) && !sender_.is_running(row.id) && !delivered_.contains(row.id)) {
      begin(row, *channel, now);
    }
  }
  count_rows();
}

void notifier::begin(const notify::outbox_row& row, const notify_channel& channel, unix_ms now) {
  auto what = parse_notice(row.message);
  if (!what) {
    keep(store_.mark_dead(row.id, what.error().where + " " + what.error().what, now));
    return;
  }
  under_way_[row.id] = row;
  sender_.start(row.id, notify::form({*std::move(what), row.key, false}, channel, look_, now));
}

void notifier::finish(std::int64_t ticket, const notify::attempt& outcome, unix_ms now) {
  auto node = under_way_.extract(ticket);
  const auto& row = node.mapped();
  {
    const std::scoped_lock lock(mutex_);
    auto& report = reports_.at(row.channel);
    if (outcome.delivered) {
      ++report.sent;
      report.last_sent = now;
      report.trouble.clear();
      report.failing_since.reset();
    } else {
      ++report.failed;
      if (!report.failing_since) report.failing_since = now;
      report.trouble = outcome.trouble;
    }
  }
  if (outcome.delivered) {
    spdlog::info("{}: told of: {}", row.channel, row.title);
    if (const auto marked = store_.mark_sent(row.id, now); !marked) {
      keep(marked);
      delivered_.insert(row.id);
    }
    return;
  }
  const auto attempts = row.attempts + 1;
  if (is_hopeless(row.added, attempts, outcome.refused, now)) {
    spdlog::error("{}: given up after {} attempts: {}; 'atlas-fleet notify dead' shows it", row.channel,
                  attempts, outcome.trouble);
    keep(store_.mark_dead(row.id, outcome.trouble, now));
    return;
  }
  if (attempts == 1) {
    spdlog::warn("{}: {}; trying again", row.channel, outcome.trouble);
  }
  const auto due = now + std::max(retry_delay(attempts, random_share()), outcome.after);
  keep(store_.postpone(row.id, attempts, due, outcome.trouble));
}

void notifier::begin_test(test_order order, unix_ms now) {
  test_round round;
  round.done = std::move(order.done);
  for (const auto& channel : channels_) {
    if (order.channel && *order.channel != channel.name) {
      continue;
    }
    const auto ticket = next_test_--;
    round.running[ticket] = channel.name;
    sender_.start(ticket,
                  notify::form(notify::make_test_message(look_, channel.name, now), channel, look_, now));
  }
  if (round.running.empty()) {
    round.done({});
    return;
  }
  tests_.push_back(std::move(round));
}

void notifier::finish_test(std::int64_t ticket, const notify::attempt& outcome) {
  const auto round = std::find_if(tests_.begin(), tests_.end(),
                                  [ticket](const auto& one) { return one.running.contains(ticket); });
  round->results.push_back({round->running.extract(ticket).mapped(), outcome.delivered, outcome.trouble});
  if (round->running.empty()) {
    round->done(std::move(round->results));
    tests_.erase(round);
  }
}

void notifier::keep(const result<void>& written) {
  const std::scoped_lock lock(mutex_);
  if (written) {
    store_trouble_.clear();
    return;
  }
  auto text = written.error().where + ": " + written.error().what;
  if (text != store_trouble_) {
    spdlog::error("{}", text);
    store_trouble_ = std::move(text);
  }
}

void notifier::count_rows() {
  const auto now = system_now();
  if (now - counted_ < between_counts && now >= counted_) {
    return;
  }
  counted_ = now;
  const auto counts = store_.counts();
  if (!counts) {
    return;
  }
  const std::scoped_lock lock(mutex_);
  for (auto& [name, report] : reports_) {
    const auto found = counts->find(name);
    report.waiting = found == counts->end() ? 0 : found->second.waiting;
    report.dead = found == counts->end() ? 0 : found->second.dead;
  }
}

const notify_channel* notifier::find_channel(std::string_view name) const {
  const auto found =
      std::find_if(channels_.begin(), channels_.end(), [name](const auto& one) { return one.name == name; });
  return found == channels_.end() ? nullptr : &*found;
}

}  // namespace atlas::ingest
