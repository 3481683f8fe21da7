#include "ingest/store/compactor.hpp"

#include "ingest/store/block_codec.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace atlas::ingest::store {

namespace {

constexpr std::int64_t ms_per_day = 86'400'000;
constexpr int chunks_per_slice = 64;

}  // namespace

compactor::compactor(history_database& db, host_shelf& hosts, history_writer& tails, retention kept)
    : db_(db), hosts_(hosts), tails_(tails), kept_(kept) {}

void compactor::start() {
  running_ = true;
  next_host_ = 0;
  done_ = 0;
  last_chunk_ = tails_.newest_chunk();
}

void compactor::step(std::chrono::microseconds slice, std::int64_t now) {
  const auto end = std::chrono::steady_clock::now() + slice;
  std::vector<shelved_host*> folded;
  db_.begin(durability::process_end);
  auto next = next_host_;
  auto* host = hosts_.next(next);
  for (; host != nullptr && std::chrono::steady_clock::now() < end; host = hosts_.next(next)) {
    fold(*host, now);
    prune(host->number, now);
    folded.push_back(host);
    next = host->number + 1;
  }
  const bool all_chunks_gone =
      host == nullptr && db_.delete_chunks(last_chunk_, chunks_per_slice) < chunks_per_slice;
  db_.commit();

  next_host_ = next;
  done_ += folded.size();
  running_ = !all_chunks_gone;
  for (auto* each : folded) {
    tails_.forget_tail(each->tail);
    each->tail.clear();
    each->forgotten_boots.clear();
    for (auto& boot : each->boots) {
      boot.changed = false;
    }
  }
}

void compactor::fold(shelved_host& host, std::int64_t now) {
  if (host.tail.rows() == 0) {
    return;
  }
  const auto raw = host.tail.block();
  add(host.number, raw, oldest_slot(tier::raw, now));
  for (const auto level : {tier::minute, tier::hour}) {
    add(host.number, roll_up(raw, level), oldest_slot(level, now));
  }
  for (const auto& boot : host.boots) {
    if (boot.changed) {
      bytes received;
      byte_writer out(received);
      boot.received.write(out);
      db_.save_boot(host.number, boot.name, boot.heard, received);
    }
  }
  for (const auto& name : host.forgotten_boots) {
    db_.forget_boot(host.number, name);
  }
  db_.save_compacted(host.number, tails_.newest_chunk());
  if (host.newest_in_blocks) {
    host.newest_in_blocks = std::max(*host.newest_in_blocks, raw.times.back());
  }
}

// Merges the rows into the blocks that they belong to, but for those before the slot `oldest`.
void compactor::add(std::uint32_t host, const history_block& added, std::int64_t oldest) {
  const auto level = added.level;
  for (std::size_t row = 0; row < added.rows();) {
    const auto slot = slot_of(added.times[row], level);
    const auto begin = slot * block_span(level);
    const auto part = slice(added, begin, begin + block_span(level));
    row += part.rows();
    if (slot < oldest) {
      continue;
    }
    history_block whole = part;
    if (const auto stored = db_.block(host, level, slot); !stored.empty()) {
      if (const auto before = decode_block(stored)) {
        whole = merge(*before, part);
      } else {
        ++damaged_;
        spdlog::error("{}: a block of history cannot be read and is replaced", db_.file());
      }
    }
    if (level == tier::raw && whole.rows() > most_raw_rows) {
      whole = slice(whole, whole.times[whole.rows() - most_raw_rows], begin + block_span(level));
    }
    db_.save_block(host, level, slot, encode_block(whole));
  }
}

void compactor::prune(std::uint32_t host, std::int64_t now) {
  for (const auto level : {tier::raw, tier::minute, tier::hour}) {
    db_.delete_blocks(host, level, oldest_slot(level, now));
  }
}

// The first block of a tier that is kept.
std::int64_t compactor::oldest_slot(tier level, std::int64_t now) const {
  const auto days = [&]() -> std::int64_t {
    switch (level) {
      case tier::raw: return kept_.raw_days;
      case tier::minute: return kept_.minute_days;
      case tier::hour: return kept_.hour_days;
    }
    return 0;
  }();
  return slot_of(now - days * ms_per_day, level);
}

}  // namespace atlas::ingest::store
