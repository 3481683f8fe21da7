#include "core/fleet.hpp"
#include "core/memory_history.hpp"
#include "core/sample_codec.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

// Whatever the decoder takes must also pass through the encoder, the fleet and history.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto host = host_id::parse("h1").value();
  static sample_decoder decoder;
  std::vector<sample> samples;
  if (!decoder.decode(fuzz::text_of(data, size), samples)) {
    fuzz::require(samples.empty());
    return 0;
  }
  fleet hosts(fleet_rules{});
  fleet_effects effects;
  memory_history history(16);
  for (const auto& value : samples) {
    std::vector<sample> again;
    const auto payload = encode_sample(value);
    fuzz::require(payload.size() > sample_limits::max_payload_bytes || decoder.decode(payload, again));
    effects.clear();
    hosts.apply(sample_received{host, value}, value.ts, effects);
    for (const auto& row : effects.recorded) {
      history.append(host, row.late ? *row.late : *row.host->newest);
    }
  }
  for (const auto& metric : history.metrics(host)) {
    history.query({host, metric, unix_ms::min(), unix_ms::max(), 4},
                  [](const auto& points) { fuzz::require(points && points->size() <= 4); });
  }
  return 0;
}
