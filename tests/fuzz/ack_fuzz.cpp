// What a host hears on …/ack.
#include "core/ack.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto ack = parse_ack(fuzz::text_of(data, size));
  if (!ack) {
    return 0;
  }
  fuzz::require(ack->missing.size() <= sample_ack::max_missing);
  fuzz::require(!ack->covers(ack->seq + 1));
  std::uint64_t least = 0;
  for (const auto& range : ack->missing) {
    fuzz::require(range.from >= least && range.from <= range.to && range.to <= ack->seq);
    fuzz::require(!ack->covers(range.from) && !ack->covers(range.to));
    least = range.to + 1;
  }
  const auto again = parse_ack(format_ack(*ack));
  // Escapes make a text longer than it came.
  fuzz::require(again ? *again == *ack : format_ack(*ack).size() > sample_ack::max_bytes);
  return 0;
}
