#pragma once

#include "broker/guard/token_bucket.hpp"
#include "core/error.hpp"
#include "core/org_id.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace atlas::guard {

// What a host may send in 100 seconds, an organisation in 10, it may send at once.
constexpr rate_limit host_rate(double per_second) { return {per_second, 100 * per_second}; }
constexpr rate_limit organisation_rate(double per_second) { return {per_second, 10 * per_second}; }

// What one organisation may ask of the broker. A host sends one small message an interval; the room above
// that is for catching up after an outage and for other publishers. Bytes are those of payloads.
struct limits {
  rate_limit host_messages = host_rate(1'000);
  rate_limit host_bytes = host_rate(16'777'216);
  rate_limit messages = organisation_rate(60'000);
  rate_limit bytes = organisation_rate(67'108'864);
  std::size_t connections = 20'000;
};

using limits_by_org = std::map<org_id, limits>;

// {"<uuid>": {"host_messages": 1000, "host_bytes": …, "messages": …, "bytes": …, "connections": …}}: a
// second; what is left out has its default.
result<limits_by_org> parse_limits(std::string_view json);

}  // namespace atlas::guard
