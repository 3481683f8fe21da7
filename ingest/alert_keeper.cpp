#include "ingest/alert_keeper.hpp"

#include "tenants/recurrence.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

// Recurring silences are worked out for so long ahead, and again after half of it.
constexpr std::chrono::hours plan_ahead{48};
// A silence that was for once is shown for a while after its end.
constexpr std::chrono::hours keep_silences{24 * 7};

constexpr std::size_t seconds_a_round = 15;
constexpr std::size_t most_a_second = 2'000;
// Of a host that is silent for longer the newest sample is stored already.
constexpr std::chrono::minutes recent{10};

std::string text_of(const error& problem) { return problem.where + ": " + problem.what; }

}  // namespace

alert_keeper::alert_keeper(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                           tenants::registry& own, tenants::registry& of_worker, tenant_service& service,
                           const wall_clock& clock, std::string time_zone)
    : io_(io),
      worker_(worker),
      own_(own),
      of_worker_(of_worker),
      service_(service),
      clock_(clock),
      time_zone_(std::move(time_zone)) {}

result<void> alert_keeper::start() {
  auto remembered = own_.alerts();
  auto silences = own_.silences();
  auto newest = own_.newest_samples();
  if (!remembered || !silences || !newest) {
    return tl::unexpected(!remembered ? remembered.error() : !silences ? silences.error() : newest.error());
  }
  silences_ = *std::move(silences);
  plan();
  service_.remember(*std::move(remembered), *std::move(newest));
  return {};
}

void alert_keeper::put(std::span<const alert_memory> changed) {
  for (const auto& each : changed) {
    waiting_.insert_or_assign(each.key.id(), each);
  }
  if (store_.ready) {
    write();
  }
}

void alert_keeper::write() {
  if (writing_ || stopped_ || waiting_.empty()) {
    return;
  }
  writing_ = true;
  std::vector<alert_memory> batch;
  batch.reserve(waiting_.size());
  for (auto& [id, each] : std::exchange(waiting_, {})) {
    batch.push_back(std::move(each));
  }
  boost::asio::post(worker_, [this, batch = std::move(batch)]() mutable {
    auto written = of_worker_.store_alerts(batch);
    boost::asio::post(io_, [this, batch = std::move(batch), written = std::move(written)]() mutable {
      finish_write(std::move(batch), written);
    });
  });
}

void alert_keeper::finish_write(std::vector<alert_memory> batch, const result<void>& written) {
  writing_ = false;
  if (!written) {
    for (auto& each : batch) {
      waiting_.try_emplace(each.key.id(), std::move(each));  // a newer one stays
    }
    auto text = text_of(written.error()) + "; alerts go on, but a restart would not find them";
    if (store_.ready || store_.detail != text) {
      spdlog::error("{}", text);
    }
    store_.ready = false;
    store_.detail = std::move(text);
    return;
  }
  store_.ready = true;
  store_.detail.clear();
  write();
}

void alert_keeper::tick() {
  write();
  const auto revision = own_.alert_revision();
  if (revision && *revision != revision_ && !reading_) {
    revision_ = *revision;
    read();
  }
  write_newest();
  if (clock_.now() + plan_ahead / 2 > planned_until_) {
    plan();
  }
}

void alert_keeper::read() {
  reading_ = true;
  boost::asio::post(worker_, [this, now = clock_.now()] {
    if (const auto forgotten = of_worker_.forget_silences(now - keep_silences); !forgotten) {
      spdlog::error("{}", text_of(forgotten.error()));
    }
    reading found{of_worker_.silences(), of_worker_.take_acknowledgements(), of_worker_.dry_run_questions()};
    boost::asio::post(io_, [this, found = std::move(found)] {
      reading_ = false;
      if (!stopped_) {
        take(found);
      }
    });
  });
}

void alert_keeper::take(const reading& found) {
  if (found.silences) {
    silences_ = *found.silences;
    plan();
  } else {
    spdlog::error("{}", text_of(found.silences.error()));
    read_again();
  }
  if (!found.acknowledged) {
    spdlog::error("{}", text_of(found.acknowledged.error()));
    return read_again();
  }
  for (const auto& [id, question] :
       found.questions.value_or(std::vector<std::pair<std::string, std::string>>{})) {
    answer(id, question);
  }
  for (const auto& each : *found.acknowledged) {
    service_.acknowledge(each.key, each.by);
  }
}

void alert_keeper::answer(const std::string& id, const std::string& question) {
  if (!try_ || !tried_.insert(id).second) {
    return;
  }
  try_(question, [this, id](const std::string& text) {
    boost::asio::post(worker_, [this, id, text] {
      if (const auto answered = of_worker_.answer_dry_run(id, text); !answered) {
        spdlog::error("{}", text_of(answered.error()));
      }
      boost::asio::post(io_, [this, id] { tried_.erase(id); });
    });
  });
}

// A part of the hosts each second, all of them within a quarter of a minute where they are not too many.
void alert_keeper::write_newest() {
  const auto hosts = service_.hosts().hosts();
  if (writing_newest_ || hosts.empty()) {
    return;
  }
  const auto part = std::min(most_a_second, hosts.size() / seconds_a_round + 1);
  std::vector<sample_remembered> batch;
  for (std::size_t i = 0; i < part; ++i) {
    const auto& host = *hosts[next_host_++ % hosts.size()];
    if (host.newest && clock_.now() - host.presence.last_seen < recent) {
      batch.push_back({host.id, host.newest->ts, host.newest->boot, host.newest->seq});
    }
  }
  if (batch.empty()) {
    return;
  }
  writing_newest_ = true;
  boost::asio::post(worker_, [this, batch = std::move(batch)] {
    // A failure shows in "store": nothing is lost by it but a safeguard.
    if (const auto written = of_worker_.store_newest(batch); !written) {
      spdlog::debug("{}", text_of(written.error()));
    }
    boost::asio::post(io_, [this] { writing_newest_ = false; });
  });
}

void alert_keeper::plan() {
  const auto now = clock_.now();
  planned_until_ = now + plan_ahead;
  std::vector<silence> planned;
  for (const auto& each : silences_) {
    const auto& terms = each.terms;
    auto spans = tenants::recurring_spans(terms.first, terms.repeat, time_zone_, {now, planned_until_});
    if (!spans.empty()) {
      planned.push_back({each.id, terms.host, terms.tag, terms.rule, std::move(spans)});
    }
  }
  service_.set_silences(std::move(planned));
}

void alert_keeper::stop() {
  stopped_ = true;
  std::vector<alert_memory> batch;
  for (auto& [id, each] : std::exchange(waiting_, {})) {
    batch.push_back(std::move(each));
  }
  if (batch.empty()) {
    return;
  }
  if (const auto written = own_.store_alerts(batch); !written) {
    spdlog::error("{}", text_of(written.error()));
  }
}

}  // namespace atlas::ingest
