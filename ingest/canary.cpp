#include "ingest/canary.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

// The broker and the credentials may come at the same time as the service.
constexpr std::chrono::milliseconds first_pause{1'000};
constexpr std::chrono::milliseconds pause_after_trouble{5'000};
// A round itself takes some seconds.
constexpr std::chrono::seconds shortest_known{30};

}  // namespace

canary::canary(boost::asio::io_context& io, mqtt_options login, org_id org, std::chrono::seconds interval,
               const wall_clock& clock, verdict_handler on_verdict)
    : io_(io),
      login_(std::move(login)),
      org_(org),
      interval_(interval),
      clock_(clock),
      on_verdict_(std::move(on_verdict)),
      timer_(io) {
  report_.interval = static_cast<std::uint32_t>(interval_.count());
}

void canary::start() {
  if (interval_ > std::chrono::seconds::zero()) {
    fly_after(first_pause);
  }
}

void canary::stop() {
  stopped_ = true;
  timer_.cancel();
  round_.reset();
}

void canary::fly_after(std::chrono::milliseconds pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopped_) {
      round_.reset();
      round_ = std::make_unique<isolation_round>(
          io_, login_, org_, [this](isolation_round::outcome found) { take(std::move(found)); });
    }
  });
}

void canary::take(isolation_round::outcome found) {
  if (!found.trouble.empty()) {
    if (std::exchange(report_.trouble, found.trouble) != found.trouble) {
      spdlog::warn("isolation could not be tried: {}", found.trouble);
    }
    fly_after(std::min<std::chrono::milliseconds>(pause_after_trouble, interval_));
    return;
  }
  report_.trouble.clear();
  report_.attempts = std::move(found.attempts);
  report_.tried = clock_.now();
  ++report_.rounds;
  const auto breaches = report_.breaches();
  if (breaches == 0) {
    report_.passed = report_.tried;
  } else {
    ++report_.failed_rounds;
    for (const auto& attempt : report_.attempts) {
      if (!attempt.refused) {
        spdlog::error("isolation is broken: the broker lets a user {}", attempt.aim);
      }
    }
  }
  fly_after(interval_);
  on_verdict_(breaches);
}

web::isolation_state canary::state() const {
  if (report_.interval == 0) {
    return web::isolation_state::off;
  }
  const auto known_for = std::max<std::chrono::seconds>(3 * interval_, shortest_known);
  if (!report_.trouble.empty() || !report_.tried || clock_.now() - *report_.tried > known_for) {
    return web::isolation_state::unknown;
  }
  return report_.breaches() == 0 ? web::isolation_state::passed : web::isolation_state::failed;
}

web::isolation_report canary::report() const {
  auto now = report_;
  now.state = state();
  return now;
}

web::readiness_check canary::readiness() const {
  web::readiness_check check{"isolation", false, {}, false};
  switch (state()) {
    case web::isolation_state::off:
    case web::isolation_state::passed: check.ready = true; break;
    case web::isolation_state::failed:
      check.detail =
          "the broker lets a user do what none may; the dashboard's isolation panel says what. Run "
          "'atlas-fleet broker apply', or stop the broker and start it again with 'atlas-fleet up'";
      break;
    case web::isolation_state::unknown:
      check.detail = report_.trouble.empty() ? "isolation has not been tried yet" : report_.trouble;
      break;
  }
  return check;
}

}  // namespace atlas::ingest
