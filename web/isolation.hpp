#pragma once

#include "core/unix_time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::web {

// What no user of the broker may do, tried by the service's canary.
struct isolation_attempt {
  std::string_view name;  // lasting, for programs
  std::string_view aim;   // a phrase for people: "read another organisation's topics"
  bool refused = false;
};

enum class isolation_state {
  off,      // nothing is tried
  unknown,  // the newest round could not be finished, or none has been for three intervals
  passed,   // the newest round's attempts were all refused
  failed,
};

// What the canary has found.
struct isolation_report {
  isolation_state state = isolation_state::off;
  std::uint32_t interval = 0;               // seconds between two rounds; 0: it is switched off
  std::optional<unix_ms> tried;             // when the newest finished round ended
  std::optional<unix_ms> passed;            // when all of a round's attempts were last refused
  std::vector<isolation_attempt> attempts;  // of the newest finished round
  std::uint64_t rounds = 0;                 // finished since the service began
  std::uint64_t failed_rounds = 0;          // in which an attempt was not refused
  std::string trouble;                      // why the newest round could not be finished, else empty

  // Attempts that were not refused.
  std::size_t breaches() const;
};

std::string_view to_string(isolation_state state);

// {"state","interval","last_tried","last_passed","detail","attempts":[{"name","aim","refused"}]}
void append_isolation(std::string& out, const isolation_report& report);

}  // namespace atlas::web
