#include "ingest/notify/alert_feed.hpp"

namespace atlas::ingest {

namespace {

constexpr std::uint64_t first_ticks = 3;
constexpr std::uint64_t between_ticks = 15;

alert_news make_news(const alert& value) {
  alert_news news{value};
  switch (value.phase) {
    case alert_phase::ok:
    case alert_phase::pending: break;
    case alert_phase::firing:
    case alert_phase::acknowledged: news.firing = true; break;
  }
  news.acknowledged = value.phase == alert_phase::acknowledged;
  news.silenced = value.silenced;
  news.flapping = value.flapping;
  return news;
}

std::vector<alert_news> news_of(const std::vector<alert>& values) {
  std::vector<alert_news> out;
  out.reserve(values.size());
  for (const auto& value : values) {
    out.push_back(make_news(value));
  }
  return out;
}

}  // namespace

void alert_feed::take(const fleet_effects& effects) {
  if (!effects.alerts.empty()) {
    out_.tell(news_of(effects.alerts), hosts_.size());
  }
}

void alert_feed::tick() {
  if (++ticks_ == first_ticks || ticks_ % between_ticks == 0) {
    out_.reconcile(news_of(hosts_.firing_alerts()), hosts_.size());
  }
}

}  // namespace atlas::ingest
