#pragma once

#include "tenants/cli/arguments.hpp"
#include "tenants/cli/output.hpp"

#include <string>

namespace atlas::cli {

// What `token enroll` and `installer` share: the terms of an enrolment token, and making one.

inline constexpr flag expires_flag{"expires", "TIME", "how long machines may enrol with it: 7d, 12h, … (7d)"};
inline constexpr flag uses_flag{"uses", "N", "how many machines may (any number)"};
inline constexpr flag label_flag{"label", "TEXT", "what it is for, as `token list` shows it"};

// Of --expires, nothing when it is not there. Reports what is wrong; the error is the exit code.
tl::expected<std::optional<unix_ms>, int> read_expiry(context& ctx, const arguments& args);

using enrollment_terms = tenants::registry::enrollment_terms;
tl::expected<enrollment_terms, int> read_enrollment_terms(context& ctx, const arguments& args);
// Returns the bare token.
tl::expected<std::string, int> make_enrollment_token(context& ctx, const tenants::tenant& org,
                                                     const enrollment_terms& terms);

// Says so when machines elsewhere cannot enrol at the organisation's service.
void warn_of_reach(context& ctx, const tenants::tenant_config& config);

}  // namespace atlas::cli
