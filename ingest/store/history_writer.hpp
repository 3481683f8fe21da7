#pragma once

#include "core/ack.hpp"
#include "ingest/store/history_database.hpp"
#include "ingest/store/host_shelf.hpp"
#include "ingest/store/metric_dictionary.hpp"
#include "ingest/store/sample_queue.hpp"
#include "ingest/store/tail_chunk.hpp"

#include <cstdint>
#include <vector>

namespace atlas::ingest::store {

// What has been stored of one run of a host's agent.
struct host_ack {
  host_id host;
  sample_ack content;
};

// Takes samples, those that are new, and writes them. What it has taken is in the hosts' tails at once and
// durable after commit(). One thread.
class history_writer {
 public:
  // The references outlive this object.
  history_writer(history_database& db, host_shelf& hosts, const metric_dictionary& metrics);

  // What an earlier run has stored and not compacted.
  void restore();

  // Entries from `begin` on; returns the index behind the last one that was taken. It stops before a host
  // that is to be erased, and when so much waits for commit() that no more should.
  std::size_t take(const sample_batch& batch, std::size_t begin, std::int64_t now);
  // Makes durable what was taken. On an exception nothing is lost: call it again.
  void commit();
  bool has_uncommitted() const { return waiting_samples_ > 0; }
  // Only when nothing is uncommitted; on an exception call it again.
  void erase(const host_id& host);

  // Of the hosts that were heard of since the last call; only when nothing is uncommitted.
  std::vector<host_ack> take_acks();

  // Chunks up to this one are committed.
  std::int64_t newest_chunk() const { return newest_chunk_; }

  struct counters {
    std::uint64_t stored = 0;
    std::uint64_t repeated = 0;
  };
  const counters& counted() const { return counted_; }
  std::size_t tail_samples() const { return tail_samples_; }
  std::size_t tail_bytes() const { return tail_bytes_; }
  // A host's tail was compacted.
  void forget_tail(const host_tail& tail);

 private:
  bool is_new(shelved_host& host, const sample_source& from, const queued_sample& each, std::int64_t now);
  bool has_time(shelved_host& host, std::int64_t ts);
  void note_metrics(shelved_host& host, const std::shared_ptr<const metric_list>& list);
  void add_to_tail(shelved_host& host, std::int64_t ts, const std::shared_ptr<const metric_list>& list,
                   std::span<const float> values);
  void touch(shelved_host& host, boot_record& boot);

  history_database& db_;
  host_shelf& hosts_;
  const metric_dictionary& metrics_;

  std::uint32_t stored_metrics_ = 0;
  std::vector<std::uint32_t> changed_hosts_;  // numbers: not stored yet, or with new metrics
  std::vector<std::uint32_t> touched_hosts_;
  chunk_writer open_chunk_;
  std::vector<bytes> full_chunks_;
  std::size_t waiting_samples_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::int64_t newest_chunk_ = 0;
  counters counted_;
  std::size_t tail_samples_ = 0;
  std::size_t tail_bytes_ = 0;
};

}  // namespace atlas::ingest::store
