#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atlas {

// On …/cmd: the password that this host is to log in with from its next connection on.
struct rekey_command {
  std::uint32_t generation = 1;  // of the password
  std::string password;          // a secret: 1 to 128 printable ASCII characters
};

// On …/reply: the host has stored the password, or why it has not.
struct rekey_reply {
  std::uint32_t generation = 1;
  std::optional<std::string> problem;
};

std::string format_rekey_command(const rekey_command& command);
// Nothing for another command; an error for a payload that is none. `where` of an error is the JSON pointer.
result<std::optional<rekey_command>> parse_rekey_command(std::string_view payload);

std::string format_rekey_reply(const rekey_reply& reply);
result<std::optional<rekey_reply>> parse_rekey_reply(std::string_view payload);

}  // namespace atlas
