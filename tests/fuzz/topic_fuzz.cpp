#include "core/alert.hpp"
#include "core/topic.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto ours = org_id::parse("aaaaaaaa-0000-4000-8000-00000000000a").value();
  const auto text = fuzz::text_of(data, size);
  const auto parsed = parse_topic(text);
  const auto quick = parse_host_topic(ours, text);
  const auto* host = parsed ? std::get_if<host_topic>(&*parsed) : nullptr;
  fuzz::require(quick.has_value() == (host != nullptr && host->org == ours));
  if (parsed) {
    fuzz::require(format_topic(*parsed) == text);
    if (const auto* alert = std::get_if<alert_topic>(&*parsed)) {
      const auto key = alert_key::parse(alert->host, alert->rule);
      fuzz::require(!key || key->topic_level() == alert->rule);
    }
  }
  return 0;
}
