#include "agent/publisher.hpp"

#include "agent/log.hpp"
#include "core/topic.hpp"

#include <algorithm>

namespace atlas::agent {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds first_retry{400};
// A connection that held for so long was a good one: the next attempts begin quickly again.
constexpr seconds stable_after{10};
// So many connections in a row that did not hold: somebody else logs in under this name each time.
constexpr int suspicious_losses = 3;
// A failure that looks as before is looked into again only after this time.
constexpr seconds probe_again_after{60};
// Milliseconds after which what has waited begins to follow the newest sample: when many hosts come back at
// once, not all of them at the same time.
constexpr int first_batch_least = 200;
constexpr int first_batch_most = 2000;
constexpr milliseconds farewell_time{2000};
constexpr milliseconds goodbye_time{1000};
// Of a machine that is awake: the clock stands still while it sleeps.
constexpr std::chrono::hours longest_rest{1};

unix_ms wall_clock() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

std::string topic_base(const config& settings) {
  const auto metrics = format_topic(host_topic{settings.org, settings.host, host_channel::metrics});
  return metrics.substr(0, metrics.rfind('/') + 1);
}

mqtt_client::options client_options(const config& settings, const std::string& base) {
  return {.broker = settings.broker,
          .user = settings.user(),
          .will_topic = base + "status",
          .connection_timeout = static_cast<int>(settings.connection_timeout)};
}

}  // namespace

publisher::publisher(const config& settings, std::string boot, const wake_pipe& wake)
    : config_(settings),
      boot_(std::move(boot)),
      wake_(wake),
      topic_base_(topic_base(settings)),
      ca_(settings.ca),
      passwords_(settings.password, settings.passwords_file),
      spool_(settings.spool_folder, boot_, {}),
      backoff_(first_retry, seconds(settings.retry_interval)),
      random_(std::random_device{}()),
      client_(client_options(settings, topic_base_), [&wake] { wake.wake(); }) {
  if (const auto kept = spool_.size(); kept > 0) {
    log(log_level::info, std::to_string(kept) + " samples of an earlier run wait to be delivered");
  }
}

std::string publisher::status_text(reported_state what) const {
  return format_host_status({.state = what, .ts = wall_clock(), .boot = boot_});
}

void publisher::set_info(std::string json) {
  info_is_new_ = info_is_new_ || json != info_;
  info_ = std::move(json);
}

std::optional<remote_config> publisher::take_remote_config() {
  return std::exchange(remote_config_, std::nullopt);
}

monotonic_time publisher::step(monotonic_time now) {
  for (const auto& event : client_.take_events()) handle(event, now);
  report_probe();
  switch (state_) {
    case state::waiting:
      if (now >= due_) start_connecting(now);
      break;
    case state::connecting: break;
    case state::connected:
      check_delivery(now);
      send_what_is_due(now);
      break;
  }
  switch (state_) {
    case state::waiting: return due_;
    case state::connecting: return now + seconds(60);  // Paho ends it after the timeout
    case state::connected: return next_step(now);
  }
  return now;
}

void publisher::start_connecting(monotonic_time now) {
  log(log_level::debug, "connecting to " + config_.broker.text());
  if (client_.connect(ca_.path(), passwords_.present(), status_text(reported_state::lost))) {
    state_ = state::connecting;
  } else {
    wait_before_connecting(now);
  }
}

void publisher::wait_before_connecting(monotonic_time now) {
  const auto delay = backoff_.next(std::uniform_real_distribution<double>(0, 1)(random_));
  log(log_level::debug, "next attempt in " + std::to_string(delay.count()) + " ms");
  state_ = state::waiting;
  due_ = now + delay;
}

void publisher::handle(const mqtt_event& event, monotonic_time now) {
  switch (event.what) {
    case mqtt_event::kind::connected: on_connected(now); break;
    case mqtt_event::kind::connect_failed: on_connect_failed(event, now); break;
    case mqtt_event::kind::connection_lost: on_connection_lost(event, now); break;
    case mqtt_event::kind::acknowledged:
    case mqtt_event::kind::not_delivered: on_delivery(event); break;
    case mqtt_event::kind::message: on_message(event, now); break;
    case mqtt_event::kind::disconnected: left_ = true; break;
  }
}

void publisher::on_connected(monotonic_time now) {
  state_ = state::connected;
  connected_since_ = now;
  // Where connections do not hold, each new one is neither news nor the end of the problem.
  const bool holds = short_lived_ < suspicious_losses;
  if (holds) last_problem_.clear();
  log(holds ? log_level::info : log_level::debug,
      "connected to " + config_.broker.text() + " as host " + std::string(config_.host.text()));
  if (passwords_.worked()) log(log_level::info, "the new password works; the former one is forgotten");
  info_is_new_ = true;
  present_ = false;
  batch_due_ =
      now + milliseconds(std::uniform_int_distribution<int>(first_batch_least, first_batch_most)(random_));
  send_what_is_due(now);
}

void publisher::on_connect_failed(const mqtt_event& event, monotonic_time now) {
  if (state_ != state::connecting) return;
  wait_before_connecting(now);
  log(log_level::debug, "connect failed: reason " + std::to_string(event.reason) + " " + event.text);
  if (const auto failure = failure_of_reason(event.reason)) {
    // Only when no password is left is it a problem.
    if (failure->problem == connect_problem::credentials_refused && passwords_.refused()) return;
    say(*failure);
    return;
  }
  const bool same = event.text == probed_for_ && !last_problem_.empty();
  if (same && now - probed_at_ < probe_again_after) return;
  probed_for_ = event.text;
  probed_at_ = now;
  probe_.start(config_.broker, ca_.path(), seconds(config_.connection_timeout), [this] { wake_.wake(); });
}

void publisher::report_probe() {
  const auto outcome = probe_.take();
  if (!outcome || state_ == state::connected) return;
  say(outcome->failure.value_or(connect_failure{connect_problem::other, probed_for_}));
}

void publisher::on_connection_lost(const mqtt_event& event, monotonic_time now) {
  if (state_ != state::connected) return;
  forget_flights();
  passwords_.start_over();
  const bool stable = now - connected_since_ >= stable_after;
  if (stable) backoff_.reset();
  short_lived_ = stable ? 0 : short_lived_ + 1;
  wait_before_connecting(now);
  const auto failure = failure_of_reason(event.reason);
  // Mosquitto 2.0.11 closes a connection that another login takes over without giving that reason.
  if ((failure && failure->problem == connect_problem::taken_over) || short_lived_ >= suspicious_losses) {
    say({connect_problem::taken_over, {}});
    return;
  }
  const std::string why = failure ? failure->detail : event.text;
  log(log_level::warning, "the connection to " + config_.broker.text() + " was lost" +
                              (why.empty() ? "" : " (" + why + ")") + "; samples are kept meanwhile");
}

void publisher::on_message(const mqtt_event& event, monotonic_time now) {
  if (event.topic == topic("cmd")) {
    on_command(event);
  } else if (event.topic == topic("config")) {
    on_config(event.text);
  } else if (event.topic == topic("ack")) {
    on_ack(event.text, now);
  }
}

void publisher::on_command(const mqtt_event& event) {
  const auto processes = parse_processes_command(event.text);
  if (processes && *processes) {
    process_question_ = {**processes, event.correlation};
    return;
  }
  const auto rekey = parse_rekey_command(event.text);
  if (rekey && *rekey) {
    keep_password(**rekey, event.correlation);
  } else if (processes && rekey) {
    log(log_level::debug, "ignoring a command that this agent does not know");
  } else {
    const auto& mistake = processes ? rekey.error() : processes.error();
    say_once("ignoring the command that the broker sent: " + mistake.where + " " + mistake.what);
  }
}

// The service gives a new password only to the host itself, and counts on it only when the host has kept it:
// the broker then ends this connection, and the next one is made with it.
void publisher::keep_password(const rekey_command& asked, const std::string& correlation) {
  rekey_reply reply{asked.generation, std::nullopt};
  if (const auto kept = passwords_.add(asked.password)) {
    log(log_level::info, "has a new password, of generation " + std::to_string(reply.generation));
  } else {
    reply.problem = kept.error().where + " " + kept.error().what;
    say_once("cannot keep its new password: " + *reply.problem +
             "; it is shut out when the old one ends: let it write there");
  }
  client_.reply(topic("reply"), format_rekey_reply(reply), correlation);
}

std::optional<publisher::process_question> publisher::take_process_question() {
  return std::exchange(process_question_, std::nullopt);
}

void publisher::answer_processes(const processes_reply& reply, std::string correlation) {
  if (is_connected()) client_.reply(topic("reply"), format_processes_reply(reply), std::move(correlation));
}

void publisher::on_config(const std::string& payload) {
  auto asked = parse_remote_config(payload);
  if (asked) {
    remote_config_ = *asked;
  } else {
    say_once("ignoring the configuration that the broker sent: " + asked.error().where + " " +
             asked.error().what);
  }
}

void publisher::send_what_is_due(monotonic_time now) {
  if (info_is_new_ && client_.publish(topic("info"), info_, true)) info_is_new_ = false;
  if (!present_) {
    present_ = client_.publish(topic("status"), status_text(reported_state::online), true).has_value() &&
               client_.subscribe(topic("config")) && client_.subscribe(topic("cmd")) &&
               client_.subscribe(topic("ack"));
  }
  send_samples(now);
}

void publisher::say(const connect_failure& failure) {
  say_once(describe(failure, config_.broker, config_.host.text()));
}

void publisher::say_once(const std::string& problem) {
  if (problem == last_problem_) return;
  last_problem_ = problem;
  log(log_level::error, problem);
}

template <class Condition>
void publisher::wait_until(monotonic_time deadline, Condition condition) {
  while (true) {
    const auto now = steady_now();
    for (const auto& event : client_.take_events()) handle(event, now);
    if (condition() || state_ != state::connected || now >= deadline) return;
    wake_.wait(deadline);
  }
}

void publisher::leave(reported_state why) {
  if (state_ != state::connected) return;
  farewell_ = client_.publish(topic("status"), status_text(why), true);
  wait_until(steady_now() + farewell_time, [&] { return !farewell_; });
  left_ = false;
  if (state_ != state::connected || !client_.disconnect()) return;
  wait_until(steady_now() + goodbye_time, [&] { return left_; });
}

// Without a connection, so that the broker does not take the sleep for a broken one.
void publisher::rest(monotonic_time now) {
  leave(reported_state::sleeping);
  farewell_.reset();
  forget_flights();
  state_ = state::waiting;
  due_ = now + longest_rest;
}

void publisher::wake_up(monotonic_time now) {
  backoff_.reset();
  if (state_ == state::waiting) due_ = now;
}

}  // namespace atlas::agent
