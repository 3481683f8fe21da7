#pragma once

#include "core/alert.hpp"
#include "core/silence.hpp"

#include <string>

namespace atlas::tenants {

struct stored_silence {
  std::string id;  // short, safe to show
  silence_terms terms;
  unix_ms added{};
  std::string by;
};

// What somebody at the command line wants the service to acknowledge.
struct acknowledgement {
  alert_key key;
  std::string by;
};

}  // namespace atlas::tenants
