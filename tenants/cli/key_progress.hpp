#pragma once

#include "tenants/cli/output.hpp"
#include "tenants/key_ring.hpp"

#include <optional>

namespace atlas::cli {

// How far the rotation of an organisation's key is, for `key status` and `key rotate`.
struct key_standing {
  std::optional<unix_ms> started;  // nothing when none is under way
  std::optional<unix_ms> ends;
  tenants::rotation_progress hosts;
};
// Reports what is wrong; the error is the exit code.
tl::expected<key_standing, int> read_key_standing(context& ctx, const tenants::tenant& org);

json describe(const key_standing& standing);
void print(context& ctx, const tenants::tenant& org, const key_standing& standing);

// Returns when the rotation has ended, one line on `err` whenever a host has moved; the exit code. Ends the
// rotation itself where nothing else keeps the broker's files in step.
int follow_rotation(context& ctx, const tenants::tenant& org);

}  // namespace atlas::cli
