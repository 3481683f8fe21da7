#include "ingest/store/sample_store.hpp"

#include "ingest/store/store_error.hpp"

namespace atlas::ingest::store {

// The names come before what refers to them.
sample_store::sample_store(const std::filesystem::path& fleet_db, metric_dictionary& metrics, retention kept,
                           round_rules rounds)
    : metrics_(metrics),
      rounds_(rounds),
      db_((fleet_db)),
      writer_(db_, hosts_,
              (db_.each_metric([&](std::string name) { metrics.restore(std::move(name)); }), metrics)),
      compactor_(db_, hosts_, writer_, kept),
      reader_(db_, hosts_, metrics_),
      next_round_(std::chrono::steady_clock::now() + rounds.between) {
  writer_.restore();
}

template <class Action>
auto sample_store::attempt(Action action) -> decltype(action()) {
  try {
    return action();
  } catch (const SQLite::Exception& problem) {
    const int system_error = db_.system_error();
    db_.roll_back();
    return tl::unexpected(explain(problem, system_error, db_.file()));
  }
}

void sample_store::each_host(
    const std::function<void(const host_id&, const std::vector<std::uint32_t>&)>& visit) {
  for (auto* host = hosts_.next(0); host != nullptr; host = hosts_.next(host->number + 1)) {
    visit(host->id, host->metrics);
  }
}

void sample_store::take(sample_queue& queue, std::int64_t now) {
  while (writer_.tail_bytes() < rounds_.most_tail_bytes) {
    if (taken_ == batch_.entries.size()) {
      queue.take(batch_);
      taken_ = 0;
      if (batch_.entries.empty()) {
        return;
      }
    }
    taken_ = writer_.take(batch_, taken_, now);
    if (taken_ < batch_.entries.size()) {
      return;
    }
  }
}

result<void> sample_store::commit(std::int64_t now) {
  return attempt([&]() -> result<void> {
    writer_.commit();
    while (taken_ < batch_.entries.size()) {
      const auto& next = batch_.entries[taken_];
      if (next.from->metrics == nullptr) {
        writer_.erase(next.from->host);
        ++taken_;
      } else {
        taken_ = writer_.take(batch_, taken_, now);
        writer_.commit();
      }
    }
    return {};
  });
}

std::vector<host_ack> sample_store::take_acks() {
  return writer_.has_uncommitted() ? std::vector<host_ack>{} : writer_.take_acks();
}

bool sample_store::wants_compaction(std::chrono::steady_clock::time_point now) {
  return compactor_.is_running() || now >= next_round_ || writer_.tail_bytes() >= rounds_.tail_bytes;
}

void sample_store::begin_compaction(std::chrono::steady_clock::time_point now) {
  if (!compactor_.is_running()) {
    compactor_.start();
    next_round_ = now + rounds_.between;
  }
}

result<void> sample_store::compact(std::chrono::microseconds slice, std::int64_t now) {
  if (writer_.has_uncommitted()) {
    return {};
  }
  return attempt([&]() -> result<void> {
    compactor_.step(slice, now);
    return {};
  });
}

result<std::vector<history_point>> sample_store::query(const history_query& query) {
  return attempt([&] { return reader_.read(query); });
}

sample_store::figures sample_store::counted() const {
  const auto& written = writer_.counted();
  return {written.stored,       written.repeated,     writer_.tail_samples(), writer_.tail_bytes(),
          compactor_.backlog(), compactor_.damaged(), db_.size_on_disk()};
}

}  // namespace atlas::ingest::store
