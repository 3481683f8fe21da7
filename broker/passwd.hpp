#pragma once

#include "core/error.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace atlas::broker {

// One line of the password file.
struct credential {
  std::string user;
  std::string password;
};

using password_salt = std::array<std::uint8_t, 12>;  // Mosquitto takes no other length
using salt_source = std::function<password_salt()>;

using user_filter = std::function<bool(std::string_view user)>;

// What has been computed before, for whoever renders the same passwords again and again. Holds secrets.
using password_memo = std::unordered_map<std::string, std::array<std::uint8_t, 64>>;  // password, salt → hash

// From the system's random generator.
password_salt random_salt();

// <user>:$7$101$<salt>$<hash>, sorted by user. A credential that `previous` (an earlier file, or nothing) has
// with the same password keeps its line, so that a file with nothing new is byte-identical. So does a user of
// `previous` without a credential whom `keeps` names. An error for a user that the file cannot hold, or that
// comes twice.
result<std::string> render_passwd(const std::vector<credential>& credentials, std::string_view previous,
                                  const salt_source& new_salt, const user_filter& keeps = {},
                                  password_memo* memo = nullptr);

// How many users it has; an error at the first line that Mosquitto would drop without a word.
result<std::size_t> check_passwd(std::string_view text, std::string_view file_name);

}  // namespace atlas::broker
