#include "ingest/store/history_writer.hpp"

#include "ingest/store/block_codec.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>

namespace atlas::ingest::store {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;
constexpr std::size_t most_uncommitted_bytes = 16 * 1024 * 1024;

bytes encode_metrics(const std::vector<std::uint32_t>& metrics) {
  bytes out;
  byte_writer writer(out);
  std::uint32_t before = 0;
  for (const auto metric : metrics) {
    writer.number(metric - before);
    before = metric;
  }
  return out;
}

std::vector<std::int64_t> times_of(byte_view content) {
  const auto block = decode_column(content, 0);  // no metric has that number
  return block ? block->times : std::vector<std::int64_t>{};
}

std::vector<std::uint32_t> decode_metrics(byte_view content) {
  std::vector<std::uint32_t> metrics;
  byte_reader in(content);
  std::uint32_t before = 0;
  while (in.ok() && in.left() > 0) {
    before += static_cast<std::uint32_t>(in.number());
    metrics.push_back(before);
  }
  return metrics;
}

}  // namespace

history_writer::history_writer(history_database& db, host_shelf& hosts, const metric_dictionary& metrics)
    : db_(db), hosts_(hosts), metrics_(metrics), stored_metrics_(metrics.size()) {}

void history_writer::restore() {
  std::unordered_map<std::uint32_t, std::int64_t> compacted;
  db_.each_host([&](const history_database::stored_host& row) {
    newest_chunk_ = std::max(newest_chunk_, row.compacted);
    if (const auto id = host_id::parse(row.id)) {
      hosts_.restore(*id, row.number).metrics = decode_metrics(row.metrics);
      compacted[row.number] = row.compacted;
    }
  });
  db_.each_boot([&](std::uint32_t host, const std::string& name, std::int64_t heard, byte_view received) {
    if (auto* found = hosts_.find(host)) {
      byte_reader in(received);
      found->boot(name, heard).received = seq_set::read(in);
    }
  });
  std::map<metric_list, std::shared_ptr<const metric_list>> lists;
  db_.each_chunk([&](std::int64_t chunk, byte_view content) {
    newest_chunk_ = std::max(newest_chunk_, chunk);
    const auto read = read_chunk(content, [&](const chunk_sample& each) {
      hosts_.skip_numbers(each.host);
      auto* host = hosts_.find(each.host);
      if (host == nullptr) {
        return;  // erased
      }
      if (each.seq && !each.boot.empty()) {
        auto& boot = host->boot(std::string(each.boot), each.ts);
        boot.received.insert(*each.seq);
        boot.changed = true;
      }
      if (chunk > compacted[each.host]) {
        auto& list = lists[*each.metrics];
        if (!list) {
          list = each.metrics;
        }
        add_to_tail(*host, each.ts, list, each.values);
      }
    });
    if (!read) {
      spdlog::error("{}: chunk {}: {} {}", db_.file(), chunk, read.error().where, read.error().what);
    }
  });
}

std::size_t history_writer::take(const sample_batch& batch, std::size_t begin, std::int64_t now) {
  for (auto i = begin; i < batch.entries.size(); ++i) {
    const auto& each = batch.entries[i];
    if (each.from->metrics == nullptr || waiting_bytes_ >= most_uncommitted_bytes) {
      return i;
    }
    auto* host = hosts_.find(each.from->host);
    if (host == nullptr) {
      host = &hosts_.add(each.from->host);
      changed_hosts_.push_back(host->number);
    }
    if (!is_new(*host, *each.from, each, now)) {
      ++counted_.repeated;
      continue;
    }
    const auto& list = each.from->metrics;
    const auto values = std::span(batch.values).subspan(each.first_value, list->size());
    note_metrics(*host, list);
    add_to_tail(*host, each.ts, list, values);
    const auto before = open_chunk_.size();
    open_chunk_.add(each.from, host->number, each.ts, each.seq, values);
    waiting_bytes_ += open_chunk_.size() - before;
    ++waiting_samples_;
    if (open_chunk_.size() >= chunk_bytes) {
      full_chunks_.push_back(open_chunk_.take());
    }
  }
  return batch.entries.size();
}

bool history_writer::is_new(shelved_host& host, const sample_source& from, const queued_sample& each,
                            std::int64_t now) {
  if (from.boot.empty() || !each.seq) {
    return !has_time(host, each.ts);
  }
  auto& boot = host.boot(from.boot, now);
  touch(host, boot);
  const bool added = boot.received.insert(*each.seq);
  const bool settles = each.skipped > 0 && *each.seq > 0;
  if (settles) {
    boot.received.settle({*each.seq - std::min<std::uint64_t>(*each.seq, each.skipped), *each.seq - 1});
  }
  boot.changed = boot.changed || added || settles;
  return added;
}

// Of samples without an identity one stays of each time.
bool history_writer::has_time(shelved_host& host, std::int64_t ts) {
  if (host.tail.has(ts)) {
    return true;
  }
  try {
    if (!host.newest_in_blocks) {
      const auto last = db_.last_slot(host.number, tier::raw);
      const auto times =
          last ? times_of(db_.block(host.number, tier::raw, *last)) : std::vector<std::int64_t>{};
      host.newest_in_blocks = times.empty() ? std::numeric_limits<std::int64_t>::min() : times.back();
    }
    if (ts > *host.newest_in_blocks) {
      return false;
    }
    const auto times = times_of(db_.block(host.number, tier::raw, slot_of(ts, tier::raw)));
    return std::binary_search(times.begin(), times.end(), ts);
  } catch (const SQLite::Exception&) {
    return false;  // rather twice than never
  }
}

void history_writer::note_metrics(shelved_host& host, const std::shared_ptr<const metric_list>& list) {
  if (host.newest_list == list) {
    return;
  }
  host.newest_list = list;
  auto added = *list;
  std::sort(added.begin(), added.end());
  std::vector<std::uint32_t> all;
  std::set_union(added.begin(), added.end(), host.metrics.begin(), host.metrics.end(),
                 std::back_inserter(all));
  if (all.size() != host.metrics.size()) {
    host.metrics = std::move(all);
    changed_hosts_.push_back(host.number);
  }
}

void history_writer::add_to_tail(shelved_host& host, std::int64_t ts,
                                 const std::shared_ptr<const metric_list>& list,
                                 std::span<const float> values) {
  const auto before = host.tail.memory();
  host.tail.add(ts, list, values);
  tail_bytes_ += host.tail.memory() - before;
  ++tail_samples_;
}

void history_writer::forget_tail(const host_tail& tail) {
  tail_bytes_ -= tail.memory();
  tail_samples_ -= tail.rows();
}

void history_writer::touch(shelved_host& host, boot_record& boot) {
  if (!std::exchange(boot.touched, true)) {
    touched_hosts_.push_back(host.number);
  }
}

void history_writer::commit() {
  const auto names = metrics_.size();
  if (waiting_samples_ == 0 && changed_hosts_.empty()) {
    return;
  }
  if (open_chunk_.size() > 0) {
    full_chunks_.push_back(open_chunk_.take());
  }
  db_.begin(durability::power_loss);
  for (auto number = stored_metrics_ + 1; number <= names; ++number) {
    db_.add_metric(number, metrics_.name_of(number));
  }
  for (const auto number : changed_hosts_) {
    if (const auto* host = hosts_.find(number)) {
      db_.save_host(number, host->id, encode_metrics(host->metrics));
    }
  }
  auto newest = newest_chunk_;
  for (const auto& chunk : full_chunks_) {
    newest = db_.add_chunk(chunk);
  }
  db_.commit();
  newest_chunk_ = newest;
  stored_metrics_ = names;
  changed_hosts_.clear();
  full_chunks_.clear();
  counted_.stored += waiting_samples_;
  waiting_samples_ = 0;
  waiting_bytes_ = 0;
}

void history_writer::erase(const host_id& id) {
  const auto* host = hosts_.find(id);
  if (host == nullptr) {
    return;
  }
  db_.begin(durability::power_loss);
  db_.erase_host(host->number);
  db_.commit();
  forget_tail(host->tail);
  hosts_.erase(id);
}

std::vector<host_ack> history_writer::take_acks() {
  std::vector<host_ack> acks;
  for (const auto number : touched_hosts_) {
    auto* host = hosts_.find(number);
    if (host == nullptr) {
      continue;
    }
    for (auto& boot : host->boots) {
      if (std::exchange(boot.touched, false)) {
        acks.push_back({host->id,
                        {boot.name, boot.received.highest(),
                         boot.received.missing(sample_ack::max_missing, host->ack_turn++)}});
      }
    }
  }
  touched_hosts_.clear();
  return acks;
}

}  // namespace atlas::ingest::store
