#include "core/alert.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto value = parse_alert(text)) {
    const auto again = parse_alert(format_alert(*value));
    fuzz::require(again && again->key == value->key && again->since == value->since);
    fuzz::require(alert_key::parse(value->key.host, value->key.topic_level()).value() == value->key);
  }
  static const auto host = host_id::parse("h1").value();
  if (const auto key = alert_key::parse(host, text)) {
    fuzz::require(key->topic_level() == text);
  }
  return 0;
}
