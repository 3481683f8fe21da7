#pragma once

#include "core/condense.hpp"
#include "core/history.hpp"
#include "ingest/store/history_database.hpp"
#include "ingest/store/host_shelf.hpp"
#include "ingest/store/metric_dictionary.hpp"

#include <cstdint>
#include <vector>

namespace atlas::ingest::store {

// Answers queries from the blocks and the tail together. One thread; throws SQLite::Exception.
class history_reader {
 public:
  // The references outlive this object.
  history_reader(history_database& db, host_shelf& hosts, const metric_dictionary& metrics);

  result<std::vector<history_point>> read(const history_query& query);

 private:
  struct wanted {
    const shelved_host* host = nullptr;
    std::uint32_t metric = 0;
    std::int64_t from = 0;
    std::int64_t to = 0;  // inclusive
  };
  tier choose(const wanted& what, std::size_t points);
  std::size_t estimate(const wanted& what, tier level);
  std::int64_t covered_from(const wanted& what, tier level);
  result<void> gather(const wanted& what, tier level, const history_block& tail,
                      std::vector<history_reading>& out);

  history_database& db_;
  host_shelf& hosts_;
  const metric_dictionary& metrics_;
};

}  // namespace atlas::ingest::store
