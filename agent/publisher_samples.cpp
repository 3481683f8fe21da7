// How samples get from the spool to the broker, and out of the spool.
#include "agent/log.hpp"
#include "agent/publisher.hpp"
#include "core/ack.hpp"

#include <algorithm>

namespace atlas::agent {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// From one message of what has waited to the next: 64 KiB a second at most.
constexpr milliseconds batch_pace{1000};
// What is listed as missing so soon after it was sent may only be on its way.
constexpr seconds resend_after{10};

}  // namespace

void publisher::add_sample(std::uint64_t seq, std::string json) {
  spool_.add(seq, std::move(json));
  has_reported_ = true;
  if (const auto problem = spool_.take_problem()) log(log_level::warning, *problem);
}

// What they carried waits again.
void publisher::forget_flights() {
  spool_.send_again();
  newest_.reset();
  batch_.reset();
}

monotonic_time publisher::next_step(monotonic_time now) const {
  auto next = now + seconds(60);
  for (const auto& one : {newest_, batch_}) {
    if (one) next = std::min<monotonic_time>(next, one->since + seconds(config_.connection_timeout));
  }
  if (!batch_ && has_reported_ && spool_.waiting() > 0) next = std::min(next, std::max(now, batch_due_));
  return next;
}

void publisher::on_delivery(const mqtt_event& event) {
  const auto refused =
      event.what == mqtt_event::kind::not_delivered ? failure_of_reason(event.reason) : std::nullopt;
  if (refused) say({connect_problem::not_allowed, refused->detail});
  if (farewell_ == event.token) farewell_.reset();
  for (auto* one : {&newest_, &batch_}) {
    if (!*one || (*one)->token != event.token) continue;
    one->reset();
    // What the broker refuses it would refuse again: it waits for the next connection.
    if (event.what == mqtt_event::kind::not_delivered && !refused) spool_.send_again();
  }
}

void publisher::on_ack(const std::string& payload, monotonic_time now) {
  const auto ack = parse_ack(payload);
  if (!ack) {
    say_once("ignoring the acknowledgement that the broker sent: " + ack.error().where + " " +
             ack.error().what);
    return;
  }
  const bool under_way = batch_ || now - batch_sent_ < resend_after || now - connected_since_ < resend_after;
  spool_.acknowledge(*ack, !under_way);
  log(log_level::debug, "boot " + ack->boot + " is stored up to " + std::to_string(ack->seq) + "; " +
                            std::to_string(spool_.size()) + " samples are kept");
}

void publisher::send_samples(monotonic_time now) {
  const auto send = [&](const std::string& payload, std::optional<flight>& as) {
    const auto token = client_.publish(topic("metrics"), payload, false);
    if (token) as = flight{*token, now};
    if (!token) spool_.send_again();
    return token.has_value();
  };
  if (!newest_) {
    if (const auto newest = spool_.take_newest(); !newest.empty() && !send(newest, newest_)) return;
  }
  if (batch_ || !has_reported_ || now < batch_due_) return;
  if (const auto batch = spool_.take_batch(); !batch.empty() && send(batch, batch_)) {
    batch_sent_ = now;
    batch_due_ = now + batch_pace;
  }
}

// A link that swallows everything shows itself first by a missing acknowledgement.
void publisher::check_delivery(monotonic_time now) {
  const auto is_overdue = [&](const std::optional<flight>& one) {
    return one && now - one->since >= seconds(config_.connection_timeout);
  };
  if (!is_overdue(newest_) && !is_overdue(batch_)) return;
  client_.disconnect();
  on_connection_lost({mqtt_event::kind::connection_lost, 0, 0, "no acknowledgement of a sample"}, now);
}

}  // namespace atlas::agent
