#include "ingest/store/sqlite_history.hpp"

#include "ingest/store/store_error.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::ingest::store {

namespace {

// Further ones of a host are not kept.
constexpr std::size_t most_metrics = 4'096;

}  // namespace

result<std::unique_ptr<sqlite_history>> sqlite_history::open(boost::asio::io_context& io,
                                                             const history_options& options) {
  try {
    return std::unique_ptr<sqlite_history>(new sqlite_history(io, options));
  } catch (const SQLite::Exception& problem) {
    return tl::unexpected(explain(problem, 0, options.fleet_db.string()));
  }
}

sqlite_history::sqlite_history(boost::asio::io_context& io, const history_options& options)
    : io_(io), queue_(options.queue), store_(options.fleet_db, names_, options.kept, options.rounds) {
  store_.each_host([this](const host_id& id, const std::vector<std::uint32_t>& metrics) {
    hosts_[id].metrics.insert(metrics.begin(), metrics.end());
  });
  const std::weak_ptr<int> alive = alive_;
  store_thread::handlers told;
  told.stored = [this, alive](std::vector<host_ack> acks) {
    boost::asio::post(io_, [this, alive, acks = std::move(acks)]() mutable {
      if (!alive.expired() && on_stored_) {
        on_stored_(std::move(acks));
      }
    });
  };
  told.trouble = [this, alive](std::optional<error> what) {
    boost::asio::post(io_, [this, alive, what = std::move(what)]() mutable {
      if (!alive.expired()) {
        trouble_ = std::move(what);
      }
    });
  };
  thread_ = std::make_unique<store_thread>(store_, queue_, std::move(told));
}

sqlite_history::~sqlite_history() = default;

void sqlite_history::append(const host_id& id, const sample& value) {
  auto& host = hosts_[id];
  if (!host.source || host.source->boot != value.boot || !host.shape.matches(value)) {
    adopt(id, host, value);
  }
  const auto put = [&](std::vector<float>& out) {
    std::size_t index = 0;
    for_each_metric_value(value, [&](double number) {
      if (host.kept[index++]) {
        out.push_back(static_cast<float>(number));
      }
    });
  };
  queue_.push(host.source, to_int(value.ts), value.seq, put, value.skipped);
}

void sqlite_history::adopt(const host_id& id, known_host& host, const sample& value) {
  metric_list metrics;
  std::unordered_set<std::uint32_t> listed;
  std::vector<bool> kept;
  for (const auto& name : metric_names(value)) {
    const auto number = names_.number_of(name);
    // The parts of a sample may bear the same name twice; the first one counts.
    const bool keep = number && (host.metrics.contains(*number) || host.metrics.size() < most_metrics) &&
                      listed.insert(*number).second;
    kept.push_back(keep);
    if (keep) {
      metrics.push_back(*number);
      host.metrics.insert(*number);
    }
  }
  host.shape = sample_shape(value);
  host.kept = std::move(kept);
  host.source =
      std::make_shared<const sample_source>(sample_source{id, value.boot, shared(std::move(metrics))});
}

// Hosts with the same parts share one list.
std::shared_ptr<const metric_list> sqlite_history::shared(metric_list metrics) {
  auto& known = lists_[metrics];
  auto list = known.lock();
  if (!list) {
    list = std::make_shared<const metric_list>(std::move(metrics));
    known = list;
  }
  if (lists_.size() > lists_limit_) {
    std::erase_if(lists_, [](const auto& each) { return each.second.expired(); });
    lists_limit_ = std::max<std::size_t>(lists_limit_, lists_.size() * 2);
  }
  return list;
}

void sqlite_history::erase(const host_id& host) {
  hosts_.erase(host);
  queue_.push_erase(host);
}

void sqlite_history::query(history_query query,
                           std::function<void(result<std::vector<history_point>>)> done) const {
  const std::weak_ptr<int> alive = alive_;
  auto answer = [this, alive, done](result<std::vector<history_point>> points) {
    boost::asio::post(io_, [alive, done, points = std::move(points)]() mutable {
      if (!alive.expired()) {
        done(std::move(points));
      }
    });
  };
  if (!thread_->ask(std::move(query), std::move(answer))) {
    done(failure("history", "too many questions are waiting; ask again in a moment"));
  }
}

std::vector<std::string> sqlite_history::metrics(const host_id& host) const {
  std::vector<std::string> names;
  const auto found = hosts_.find(host);
  if (found != hosts_.end()) {
    for (const auto number : found->second.metrics) {
      names.push_back(names_.name_of(number));
    }
  }
  return names;
}

}  // namespace atlas::ingest::store
