#pragma once

#include "core/unix_time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atlas::tenants {

// Who changes something, and from where.
struct author {
  std::string name;  // of a user, "token 3f9a01bc", or the operating system's user
  std::string from;  // an IP address, or "command line"
};

// Rows of one kind never push out those of the other.
enum class audit_kind {
  change,  // what administrators decide
  access,  // what people and machines do for themselves: logins, enrolments, their own sessions
};

enum class audit_outcome { done, not_found, refused };
std::string_view to_string(audit_outcome value);  // "done", "not found", "refused"

// One row of the audit log.
struct audit_entry {
  std::int64_t id = 0;  // counts up
  unix_ms at{};
  author by;
  std::string action;  // "user.add"
  std::string object;
  std::string outcome;
};

}  // namespace atlas::tenants
