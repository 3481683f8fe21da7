#include "sim/host.hpp"

#include "agent/connect_error.hpp"
#include "agent/sampler.hpp"
#include "core/sample_codec.hpp"
#include "core/user_name.hpp"

#include <algorithm>
#include <chrono>

namespace atlas::sim {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr milliseconds first_retry{400};
constexpr seconds longest_retry{5};
constexpr std::size_t most_pending = 1'000;
constexpr std::size_t most_in_batch = 50;
constexpr auto never = monotonic_time::max();

unix_ms wall_clock() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

agent::mqtt_client::options client_options(const host_settings& settings, const login& who) {
  return {.broker = settings.broker,
          .user = host_user_name(settings.org, who.host),
          .will_topic = format_topic(host_topic{settings.org, who.host, host_channel::status})};
}

}  // namespace

simulated_host::simulated_host(const host_settings& settings, const login& who, machine_model machine,
                               std::optional<trace_player> player, milliseconds delay,
                               std::function<void()> on_event)
    : settings_(settings),
      who_(who),
      machine_(std::move(machine)),
      player_(std::move(player)),
      delay_(delay),
      boot_(agent::make_boot_id()),
      random_(std::random_device{}()),
      backoff_(first_retry, longest_retry),
      client_(client_options(settings, who), std::move(on_event)) {}

std::string simulated_host::topic(host_channel channel) const {
  return format_topic(host_topic{settings_.org, who_.host, channel});
}

std::string simulated_host::status_text(reported_state what) const {
  return format_host_status({.state = what, .ts = wall_clock(), .boot = boot_});
}

milliseconds simulated_host::own_time(monotonic_time now) const {
  if (!started_) return {};
  const auto passed = std::chrono::duration<double, std::milli>(now - *started_);
  return duration_cast<milliseconds>(passed * settings_.speed);
}

bool simulated_host::has_played(monotonic_time now) const {
  return player_ && started_ && player_->has_ended(own_time(now));
}

monotonic_time simulated_host::step(monotonic_time now, bool may_connect) {
  for (const auto& event : client_.take_events()) handle(event, now);
  if (state_ == state::waiting && stopping_) state_ = state::gone;
  if (state_ == state::waiting && now >= attempt_due_ && may_connect) {
    if (client_.connect(settings_.ca_path, who_.password, status_text(reported_state::lost))) {
      state_ = state::connecting;
    } else {
      attempt_due_ = now + first_retry;
    }
  }
  if (started_ && !stopping_ && now >= sample_due_) produce(now);
  if (state_ == state::connected) {
    send();
    if (stopping_) leave();
  }
  const auto sample_at = started_ && !stopping_ ? sample_due_ : never;
  switch (state_) {
    case state::waiting: return std::min(sample_at, std::max(attempt_due_, now + milliseconds(20)));
    case state::connecting:
    case state::connected:
    case state::leaving: return sample_at;
    case state::gone: return never;
  }
  return never;
}

void simulated_host::handle(const agent::mqtt_event& event, monotonic_time now) {
  using kind = agent::mqtt_event::kind;
  switch (event.what) {
    case kind::connected: on_connected(now); break;
    case kind::connect_failed:
    case kind::connection_lost: on_lost(event, now); break;
    case kind::acknowledged: on_delivery(event, true); break;
    // What the broker refuses it would refuse again.
    case kind::not_delivered: on_delivery(event, agent::failure_of_reason(event.reason).has_value()); break;
    case kind::message: on_command(event); break;
    case kind::disconnected: state_ = state::gone; break;
  }
}

void simulated_host::on_connected(monotonic_time now) {
  state_ = state::connected;
  problem_.clear();
  backoff_.reset();
  ++counts_.connections;
  client_.publish(topic(host_channel::info), format_host_info(machine_.info()), true);
  client_.publish(topic(host_channel::status), status_text(reported_state::online), true);
  client_.subscribe(topic(host_channel::cmd));
  if (started_) return;
  started_ = now;
  sample_due_ = now + delay_;
}

void simulated_host::on_command(const agent::mqtt_event& event) {
  const auto asked = parse_processes_command(event.text);
  if (!asked || !*asked) return;  // it has no other answers
  const processes_reply reply{std::nullopt, machine_.processes((*asked)->limit)};
  client_.reply(topic(host_channel::reply), format_processes_reply(reply), event.correlation);
}

void simulated_host::on_lost(const agent::mqtt_event& event, monotonic_time now) {
  if (state_ == state::gone) return;
  const auto failure = agent::failure_of_reason(event.reason);
  problem_ = failure              ? agent::describe(*failure, settings_.broker, who_.host.text())
             : event.text.empty() ? "there is no connection to " + settings_.broker.text()
                                  : settings_.broker.text() + ": " + event.text;
  under_way_ = 0;
  farewell_.reset();
  state_ = state::waiting;
  attempt_due_ = now + backoff_.next(std::uniform_real_distribution<double>(0, 1)(random_));
}

void simulated_host::on_delivery(const agent::mqtt_event& event, bool taken) {
  if (farewell_ == event.token) {
    farewell_.reset();
    state_ = client_.disconnect() ? state::leaving : state::gone;
    return;
  }
  if (under_way_ == 0 || token_ != event.token) return;
  if (taken) {
    counts_.delivered += under_way_;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(under_way_));
  }
  under_way_ = 0;
}

void simulated_host::produce(monotonic_time now) {
  const auto elapsed = own_time(now);
  auto taken = machine_.measure(elapsed, player_ ? std::optional(player_->advance(elapsed)) : std::nullopt);
  taken.ts = wall_clock();
  taken.seq = ++seq_;
  taken.boot = boot_;
  taken.interval = std::chrono::duration<double>(settings_.interval).count();
  if (pending_.size() == most_pending) {
    // The oldest that is not on its way.
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(under_way_));
    ++counts_.dropped;
  }
  pending_.push_back(encode_sample(taken));
  ++counts_.produced;
  sample_due_ += settings_.interval;
  // After a standstill of this process the missed ones are not made up for.
  if (sample_due_ < now) sample_due_ = now + settings_.interval;
}

void simulated_host::send() {
  if (under_way_ > 0 || pending_.empty()) return;
  const auto count = std::min(pending_.size(), most_in_batch);
  std::string payload = count == 1 ? pending_.front() : "[";
  for (std::size_t i = 0; count > 1 && i < count; ++i) payload += (i == 0 ? "" : ",") + pending_[i];
  if (count > 1) payload += ']';
  const auto token = client_.publish(topic(host_channel::metrics), payload, false);
  if (!token) return;
  token_ = *token;
  under_way_ = count;
}

void simulated_host::leave() {
  if (!pending_.empty() || farewell_) return;
  farewell_ = client_.publish(topic(host_channel::status), status_text(reported_state::stopped), true);
}

}  // namespace atlas::sim
