#pragma once

#include "ingest/store/block.hpp"
#include "ingest/store/sample_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace atlas::ingest::store {

// The samples of one host that are not in blocks yet, as they came.
class host_tail {
 public:
  void add(std::int64_t ts, const std::shared_ptr<const metric_list>& metrics, std::span<const float> values);
  void clear();

  std::size_t rows() const { return rows_.size(); }
  std::size_t memory() const;  // bytes, about
  // Whether there is a sample of that time.
  bool has(std::int64_t ts) const;
  std::optional<std::int64_t> oldest() const;
  // Samples from one time to another, both inclusive.
  std::size_t count(std::int64_t from, std::int64_t to) const;

  // Raw, in order of time; of all metrics or of one.
  history_block block() const;
  history_block column(std::uint32_t metric) const;

 private:
  struct row {
    std::int64_t ts;
    std::size_t list;  // of metrics
    std::size_t first_value;
  };
  std::vector<std::size_t> in_order() const;

  std::vector<row> rows_;
  std::vector<float> values_;
  std::vector<std::shared_ptr<const metric_list>> lists_;
  std::int64_t newest_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace atlas::ingest::store
