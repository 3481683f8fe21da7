#pragma once

#include "tenants/key_ring.hpp"
#include "tenants/state_root.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>

namespace atlas::tenants {

// The rotation of an organisation's API key, in steps of which each is made or not made:
//   1. tenants/<slug>/rotation.json (0600) names both keys and the end of the grace
//   2. fleet.db: every host is on the previous key, whoever comes new on the next one
//   3. tenant.json has the next key
//   4. at the end of the grace, or when no host waits any more, rotation.json goes, and with it the old key
// Whatever is interrupted in between, settle_rotation() goes on from there.

std::filesystem::path rotation_file(const state_root& root, std::string_view slug);

// As the files say at this moment.
result<key_ring> read_key_ring(const state_root& root, const tenant& org);
result<key_ring> read_key_ring(const state_root& root, std::string_view slug);

// Steps 1 to 3. With no grace, step 4 too: every host is cut off at once. Nothing when a rotation is under
// way, unless `end_present`: then its hosts that still wait are cut off first.
struct rotation_begun {
  unix_ms ends{};
  std::uint32_t hosts = 0;         // that are to move
  std::uint32_t ended_tokens = 0;  // enrolment tokens that were valid until now
};
result<std::optional<rotation_begun>> begin_rotation(const state_root& root, std::string_view slug,
                                                     milliseconds grace, bool end_present, unix_ms now);

// Whether a rotation waits for settle_rotation(): cheap when none is under way. `store` is the organisation's
// registry.
bool is_rotation_due(const state_root& root, std::string_view slug, const registry& store, unix_ms now);
// Makes the steps that are due; true when there were any.
result<bool> settle_rotation(const state_root& root, std::string_view slug, unix_ms now);
// settle_rotation() of every organisation; the mistakes of those that it cannot be done for.
config_errors settle_rotations(const state_root& root, unix_ms now);

}  // namespace atlas::tenants
