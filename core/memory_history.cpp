#include "core/memory_history.hpp"

#include "core/host_ring.hpp"

#include <algorithm>

namespace atlas {

memory_history::memory_history(std::size_t capacity, std::size_t max_metrics)
    : capacity_(std::max<std::size_t>(capacity, 1)), max_metrics_(max_metrics) {}

memory_history::~memory_history() = default;

void memory_history::append(const host_id& host, const sample& value) {
  auto& ring = rings_[host];
  if (!ring) {
    ring = std::make_unique<host_ring>(capacity_, max_metrics_);
  }
  ring->append(value);
}

void memory_history::erase(const host_id& host) { rings_.erase(host); }

void memory_history::query(history_query query,
                           std::function<void(result<std::vector<history_point>>)> done) const {
  const auto found = rings_.find(query.host);
  done(found == rings_.end() ? std::vector<history_point>{} : found->second->query(query));
}

std::vector<std::string> memory_history::metrics(const host_id& host) const {
  const auto found = rings_.find(host);
  return found == rings_.end() ? std::vector<std::string>{} : found->second->metrics();
}

}  // namespace atlas
