#pragma once

#include "broker/listener.hpp"
#include "core/error.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace atlas::broker {

inline constexpr std::string_view canary_user = "canary";

struct canary_target {
  listener_address address;       // where to connect: a name that the server's certificate bears
  std::filesystem::path ca_file;  // empty: the system's CAs
  bool check_name = true;         // whether the certificate bears the name
  std::string password;           // of the canary's user
};

// What the broker has refused, as it must.
struct canary_outcome {
  bool publish_refused = false;       // to a foreign topic, with reason 135: the access rules hold
  bool subscription_refused = false;  // to a foreign filter, which only the guard does
};

// Logs in as the canary, publishes to a topic of its own, which must be taken, and tries the topics of an
// organisation that does not exist. Tries to log in for as long as `patience`: the broker may not yet have
// read the canary's newest password. An error when it cannot log in until then, or when its own topic is
// refused.
result<canary_outcome> fly_canary(const canary_target& target, std::chrono::milliseconds patience);

// 256 random bits as base64url.
std::string make_canary_password();

}  // namespace atlas::broker
