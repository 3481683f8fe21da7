#pragma once

#include "core/history.hpp"

#include <memory>
#include <unordered_map>

namespace atlas {

class host_ring;

// The newest `capacity` samples of each host, kept as rows of 32-bit floats in one ring per host. A row has a
// column per metric; when a host's set of disks, interfaces or sensors changes its ring is laid out anew.
class memory_history final : public history {
 public:
  // `capacity` samples per host, at least 1; `max_metrics` columns per host, further ones are not kept.
  explicit memory_history(std::size_t capacity, std::size_t max_metrics = 512);
  ~memory_history() override;

  void append(const host_id& host, const sample& value) override;
  void erase(const host_id& host) override;
  void query(history_query query,
             std::function<void(result<std::vector<history_point>>)> done) const override;
  std::vector<std::string> metrics(const host_id& host) const override;

 private:
  std::size_t capacity_;
  std::size_t max_metrics_;
  std::unordered_map<host_id, std::unique_ptr<host_ring>> rings_;
};

}  // namespace atlas
