// A trace of atlas-sim.
#include "sim/trace.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rows = sim::parse_trace(fuzz::text_of(data, size), "trace");
  if (!rows) {
    fuzz::require(!rows.error().where.empty() && !rows.error().what.empty());
    return 0;
  }
  fuzz::require(rows->size() >= 2 && sim::length_of(*rows).count() > 0);
  fuzz::require(
      std::is_sorted(rows->begin(), rows->end(), [](const auto& a, const auto& b) { return a.at < b.at; }));
  const auto length = sim::length_of(*rows);
  for (const bool loops : {false, true}) {
    sim::trace_player player(*rows, loops);
    for (int step = 0; step < 20; ++step) {
      const auto value = player.advance(length / 7 * step);
      fuzz::require(value >= 0 && value <= 100);
    }
  }
  return 0;
}
