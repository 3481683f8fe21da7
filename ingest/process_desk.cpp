#include "ingest/process_desk.hpp"

#include <chrono>
#include <utility>

namespace atlas::ingest {

namespace {

constexpr std::chrono::milliseconds between_looks{100};

}  // namespace

process_desk::process_desk(boost::asio::io_context& io, mqtt_source& broker, intake& messages)
    : messages_(messages),
      timer_(io),
      requests_([&broker](const host_id& id, const std::string& payload, const std::string& correlation) {
        return broker.send_command(id, payload, correlation);
      }) {}

void process_desk::list_processes(const host_id& host, processes_answer done) {
  const auto found = waiting_.find(host);
  if (found != waiting_.end() && found->second.size() < max_waiting_per_host) {
    found->second.push_back(std::move(done));
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  const bool asked =
      requests_.ask(host, format_processes_command({}), now,
                    [this, host](const std::optional<processes_reply>& reply) { finish(host, reply); });
  if (!asked) {
    done(tl::unexpected(failure::busy));
    return;
  }
  waiting_[host].push_back(std::move(done));
  if (!std::exchange(looks_, true)) {
    look_later();
  }
}

void process_desk::finish(const host_id& host, const std::optional<processes_reply>& reply) {
  const auto found = waiting_.extract(host);
  if (found.empty()) {
    return;
  }
  for (const auto& done : found.mapped()) {
    if (reply) {
      done(*reply);
    } else {
      done(tl::unexpected(failure::no_answer));
    }
  }
}

// Answers to nothing that is under way wait, bounded, for the next question, and are counted then.
void process_desk::look_later() {
  timer_.expires_after(between_looks);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || stopped_) {
      return;
    }
    requests_.tick(messages_.take_answers(), std::chrono::steady_clock::now());
    looks_ = requests_.under_way() > 0;
    if (looks_) {
      look_later();
    }
  });
}

void process_desk::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace atlas::ingest
