#include "agent/state_folder.hpp"

namespace atlas::agent {

std::string state_folder(std::string_view state_directory, std::string_view beside) {
  std::string folder(state_directory.substr(0, state_directory.find(':')));
  if (!folder.empty() || beside.empty()) return folder;
  const auto slash = beside.rfind('/');
  return slash == std::string_view::npos ? "." : std::string(beside.substr(0, slash));
}

}  // namespace atlas::agent
