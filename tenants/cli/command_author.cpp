#include "tenants/cli/output.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

namespace atlas::cli {

tenants::author command_author() {
  const auto user = ::getuid();
  const auto* entry = ::getpwuid(user);
  auto name = entry != nullptr ? std::string(entry->pw_name) : fmt::format("user {}", user);
  // root may claim anything; honest ones are told apart.
  if (const char* asked_by = std::getenv("SUDO_USER");
      user == 0 && asked_by != nullptr && *asked_by != '\0') {
    name += fmt::format(" (sudo by {})", asked_by);
  }
  return {std::move(name), "command line"};
}

}  // namespace atlas::cli
