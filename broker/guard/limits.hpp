#pragma once

#include "broker/guard/token_bucket.hpp"
#include "core/error.hpp"
#include "core/org_id.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace atlas::guard {

// What one organisation may ask of the broker. A host sends one small message an interval; the room above
// that is for catching up after an outage and for other publishers. The burst is what a host may send in 100
// seconds, an organisation in 10, at once.
struct limits {
  rate_limit host_messages{1'000, 100'000};              // of one host
  rate_limit host_bytes{16'777'216.0, 1'677'721'600.0};  // payloads
  rate_limit messages{60'000, 600'000};                  // of the whole organisation
  rate_limit bytes{67'108'864.0, 671'088'640.0};
  std::size_t connections = 20'000;
};

using limits_by_org = std::map<org_id, limits>;

// {"<uuid>": {"host_messages": 1000, "host_bytes": …, "messages": …, "bytes": …, "connections": …}}: a
// second; what is left out has its default. The burst is what a host may send in 20 seconds, an organisation
// in 2.
result<limits_by_org> parse_limits(std::string_view json);

}  // namespace atlas::guard
