#pragma once

#include "core/error.hpp"
#include "ingest/store/byte_io.hpp"
#include "ingest/store/sample_queue.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace atlas::ingest::store {

// Samples of one transaction as bytes: what makes them durable before they are compacted. Values are plain
// 32-bit floats, as this is written once and read only when the service starts.
class chunk_writer {
 public:
  // `host` is the number of its host.
  void add(const std::shared_ptr<const sample_source>& from, std::uint32_t host, std::int64_t ts,
           std::optional<std::uint64_t> seq, std::span<const float> values);
  std::size_t size() const { return content_.size(); }
  // Leaves it empty.
  bytes take();

 private:
  std::uint64_t number_of(const std::shared_ptr<const metric_list>& metrics);
  std::uint64_t number_of(const std::shared_ptr<const sample_source>& from, std::uint32_t host);

  std::unordered_map<std::shared_ptr<const metric_list>, std::uint64_t> lists_;
  std::unordered_map<std::shared_ptr<const sample_source>, std::uint64_t> sources_;
  std::int64_t newest_ts_ = 0;
  bytes content_;
};

struct chunk_sample {
  std::uint32_t host = 0;
  std::string_view boot;
  const std::shared_ptr<const metric_list>& metrics;
  std::int64_t ts = 0;
  std::optional<std::uint64_t> seq;
  std::span<const float> values;
};

// Calls visit() for each; an error when the chunk is damaged, after those before the damage.
result<void> read_chunk(byte_view content, const std::function<void(const chunk_sample&)>& visit);

}  // namespace atlas::ingest::store
