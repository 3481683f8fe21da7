#pragma once

#include "core/host_id.hpp"
#include "core/org_id.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atlas {

// Who logs in at the broker: a host by "<uuid>/host/<id>", an organisation's service by "<uuid>" and, to try
// what must fail, by "<uuid>/canary".
struct user_name {
  org_id org;
  std::optional<host_id> host;  // nothing: the service
  bool is_canary = false;
  friend bool operator==(const user_name&, const user_name&) = default;
};

// Nothing for any other text. Does not allocate.
std::optional<user_name> parse_user_name(std::string_view text);

std::string host_user_name(const org_id& org, const host_id& host);
std::string ingest_user_name(const org_id& org);
std::string canary_user_name(const org_id& org);

}  // namespace atlas
