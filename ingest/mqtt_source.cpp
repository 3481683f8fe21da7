#include "ingest/mqtt_source.hpp"

#include "core/topic.hpp"
#include "ingest/broker_probe.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <spdlog/spdlog.h>

namespace atlas::ingest {

using namespace std::chrono_literals;

namespace {

constexpr auto first_delay = 250ms;
constexpr auto longest_delay = 4s;
constexpr auto attempt_limit = 15s;  // Paho gives up after 5 to 8 seconds by itself
constexpr auto subscribe_limit = 10s;
constexpr auto stop_limit = 500ms;
constexpr auto repeat_complaint = 60s;
constexpr auto command_time = 10s;  // then the broker forgets it

constexpr int first_refusal = 128;  // reason codes of MQTT 5
constexpr int bad_user_name_or_password = 134;
constexpr int not_authorized = 135;

std::chrono::milliseconds jittered(std::chrono::milliseconds delay) {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  const auto quarter = delay.count() / 4;
  return delay +
         std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(-quarter, quarter)(engine));
}

std::string alerts_filter(const org_id& org) { return "org/" + std::string(org.text()) + "/alerts/+/+"; }

std::string host_filter(const org_id& org, host_channel channel) {
  return "org/" + std::string(org.text()) + "/host/+/" + std::string(to_string(channel));
}

}  // namespace

mqtt_source::mqtt_source(boost::asio::io_context& io, mqtt_options options, org_id org, intake& messages,
                         restore_handler on_restored)
    : io_(io),
      options_(std::move(options)),
      org_(org),
      messages_(messages),
      on_restored_(std::move(on_restored)),
      timer_(io),
      delay_(first_delay),
      trouble_("not connected to the broker at " + options_.broker.text() + " yet") {
  start_over();
}

mqtt_source::~mqtt_source() = default;

void mqtt_source::start_over() {
  client_.reset();
  client_ =
      std::make_unique<mqtt_client>(io_, options_, static_cast<mqtt_client::observer&>(*this),
                                    [&messages = messages_](std::string_view topic, std::string_view payload,
                                                            bool retained, std::string_view correlation) {
                                      messages.take(topic, payload, retained, correlation);
                                    });
}

void mqtt_source::start() { connect(); }

// A phase that does not end by itself within its limit ends with a new client.
void mqtt_source::begin(phase next, std::chrono::milliseconds limit) {
  phase_ = next;
  timer_.expires_after(limit);
  timer_.async_wait([this, next, alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
    if (cancelled || alive.expired() || phase_ != next) {
      return;
    }
    outbox_.disconnected();
    start_over();
    retry_later("the broker at " + options_.broker.text() + " does not answer");
  });
}

void mqtt_source::connect() {
  begin(phase::connecting, attempt_limit);
  const auto passwords = options_.passwords();
  if (!client_->connect(passwords.at(refused_ % passwords.size()))) {
    start_over();
    retry_later("the MQTT library refuses to connect to " + options_.broker.text());
  }
}

void mqtt_source::on_connected(bool session_present) {
  if (phase_ != phase::connecting) {
    return;
  }
  ++connects_;
  refused_ = 0;
  spdlog::info("connected to the broker at {}, {}", options_.broker.text(),
               session_present ? "which kept what came meanwhile" : "with a new session");
  subscribe();
}

void mqtt_source::on_connect_failed(int reason, std::string text) {
  if (phase_ != phase::connecting) {
    return;
  }
  const std::string broker = "the broker at " + options_.broker.text();
  if (reason == bad_user_name_or_password || reason == not_authorized) {
    ++refused_;
    retry_later(broker + " refuses this organisation's credential; 'atlas-fleet broker apply' hands it over");
    return;
  }
  if (reason != 0) {
    retry_later(broker + " refuses the connection, reason code " + std::to_string(reason));
    return;
  }
  begin(phase::explaining, attempt_limit);
  probe_broker(io_, options_.broker, options_.ca_file,
               [this, alive = std::weak_ptr(alive_), text = std::move(text)](const std::string& found) {
                 if (alive.expired() || phase_ != phase::explaining) {
                   return;
                 }
                 retry_later("no connection to the broker at " + options_.broker.text() + ": " +
                             (found.empty() ? text : found));
               });
}

void mqtt_source::on_connection_lost(std::string text) {
  if (phase_ == phase::subscribing || phase_ == phase::subscribed) {
    lose("the connection to the broker at " + options_.broker.text() + " is lost: " + text);
  }
}

void mqtt_source::lose(std::string why) {
  outbox_.disconnected();
  delay_ = first_delay;
  retry_later(why);
}

void mqtt_source::retry_later(const std::string& why) {
  trouble_ = why;
  say(why);
  phase_ = phase::waiting;
  timer_.expires_after(jittered(delay_));
  delay_ = std::min<std::chrono::milliseconds>(delay_ * 2, longest_delay);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
    if (!cancelled && !alive.expired() && phase_ == phase::waiting) {
      connect();
    }
  });
}

// The same complaint is not repeated more than once a minute.
void mqtt_source::say(const std::string& why) {
  const auto now = std::chrono::steady_clock::now();
  if (why != said_ || now - said_at_ >= repeat_complaint) {
    said_ = why;
    said_at_ = now;
    spdlog::warn("{}; trying again", why);
  }
}

// The alerts of an earlier run come first: at QoS 0 they overtake what the broker has queued, and the answer
// to the second subscription comes after them.
void mqtt_source::subscribe() {
  begin(phase::subscribing, subscribe_limit);
  if (!restored_) {
    alerts_token_ = client_->subscribe({{alerts_filter(org_), 0, false}}).value_or(0);
  }
  const auto token = client_->subscribe({{host_filter(org_, host_channel::metrics), 1, false},
                                         {host_filter(org_, host_channel::info), 1, true},
                                         {host_filter(org_, host_channel::status), 1, true},
                                         {host_filter(org_, host_channel::reply), 1, false},
                                         {format_topic(guard_topic{org_}), 0, false}});
  if (!token) {
    lose("the connection to the broker at " + options_.broker.text() + " broke at once");
    return;
  }
  hosts_token_ = *token;
}

void mqtt_source::on_subscribed(int token, std::vector<int> reasons) {
  if (phase_ != phase::subscribing) {
    return;
  }
  const auto refused =
      std::find_if(reasons.begin(), reasons.end(), [](int reason) { return reason >= first_refusal; });
  if (token == alerts_token_ && refused != reasons.end()) {
    spdlog::warn("the broker refuses to show the alerts of an earlier run, reason code {}", *refused);
  }
  if (token != hosts_token_) {
    return;
  }
  if (refused != reasons.end()) {
    start_over();
    lose("the broker at " + options_.broker.text() + " refuses the subscription, reason code " +
         std::to_string(*refused) + "; 'atlas-fleet broker check' tells more");
    return;
  }
  timer_.cancel();
  phase_ = phase::subscribed;
  delay_ = first_delay;
  trouble_.clear();
  said_.clear();
  if (!restored_) {
    finish_restore();
  }
  send_waiting();
}

void mqtt_source::finish_restore() {
  restored_ = true;
  unsubscribe_token_ = client_->unsubscribe(alerts_filter(org_)).value_or(0);
  on_restored_(messages_.take_restored());
}

void mqtt_source::on_unsubscribed(int token) {
  auto late = token == unsubscribe_token_ ? messages_.take_restored() : std::vector<alert>{};
  if (!late.empty()) {
    on_restored_(std::move(late));
  }
}

void mqtt_source::publish_retained(std::string topic, std::string payload) {
  if (!outbox_.put(std::move(topic), std::move(payload))) {
    say("too many states wait for the broker; some are not published");
  }
  send_waiting();
}

bool mqtt_source::send_command(const host_id& host, const std::string& payload,
                               const std::string& correlation) {
  return phase_ == phase::subscribed &&
         client_
             ->request(format_topic(host_topic{org_, host, host_channel::cmd}), payload,
                       format_topic(host_topic{org_, host, host_channel::reply}), correlation, command_time)
             .has_value();
}

bool mqtt_source::publish_ack(const host_id& host, const std::string& payload) {
  return phase_ == phase::subscribed &&
         client_->publish(format_topic(host_topic{org_, host, host_channel::ack}), payload, false)
             .has_value();
}

void mqtt_source::send_waiting() {
  if (phase_ != phase::subscribed) {
    return;
  }
  while (const auto* next = outbox_.next()) {
    const auto token = client_->publish(next->topic, next->payload, true);
    if (!token) {
      return;  // the connection is breaking; its loss will be told
    }
    outbox_.sent(*token);
  }
}

void mqtt_source::on_published(int token, int reason) {
  if (reason == -1) {
    return;  // the connection broke, or will be told to have
  }
  if (reason >= first_refusal) {
    say("the broker refuses a publish to " + outbox_.topic_of(token) + ", reason code " +
        std::to_string(reason));
  }
  outbox_.answered(token);
  send_waiting();
}

void mqtt_source::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  phase_ = phase::stopping;
  if (!client_->disconnect()) {
    on_disconnected();
    return;
  }
  timer_.expires_after(stop_limit);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
    if (!cancelled && !alive.expired()) {
      on_disconnected();
    }
  });
}

void mqtt_source::on_disconnected() {
  if (phase_ != phase::stopping) {
    return;
  }
  phase_ = phase::stopped;
  timer_.cancel();
  if (auto done = std::exchange(stopped_, nullptr)) {
    done();
  }
}

}  // namespace atlas::ingest
