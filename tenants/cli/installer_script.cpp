#include "tenants/cli/installer_script.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

// For a place between single quotes in a shell script.
std::string quotable(std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted;
}

}  // namespace

std::string render_installer(const installer_values& values) {
  const std::array<std::pair<std::string_view, std::string>, 6> places{{
      {"ORG_ID", std::string(values.org.text())},
      {"ORG_NAME", quotable(values.org_name)},
      {"HOST_ID", std::string(values.host.text())},
      {"SERVER_URL", quotable(values.server_url)},
      {"SHORT_ID", values.org.short_text()},
      // It stands in a here-document whose quoted delimiter leaves everything as it is. JSON has no line that
      // could end it.
      {"AGENT_CONFIG", values.agent_config},
  }};
  std::string script;
  auto rest = install_agent_template;
  while (!rest.empty()) {
    const auto at = rest.find('@');
    script += rest.substr(0, at);
    if (at == std::string_view::npos) break;
    rest.remove_prefix(at);
    bool placed = false;
    for (const auto& [name, value] : places) {
      const auto mark = fmt::format("@{}@", name);
      if (!rest.starts_with(mark)) continue;
      script += value;
      rest.remove_prefix(mark.size());
      placed = true;
      break;
    }
    if (!placed) {
      script += '@';
      rest.remove_prefix(1);
    }
  }
  return script;
}

std::string installer_name(const org_id& org) { return fmt::format("install-agent-{}.sh", org.short_text()); }

}  // namespace atlas::cli
