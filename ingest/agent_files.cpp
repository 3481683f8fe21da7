#include "ingest/agent_files.hpp"

#include "tenants/installer_script.hpp"
#include "tenants/server_url.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/utsname.h>

namespace atlas::ingest {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t max_program_bytes = 32 * 1024 * 1024;
constexpr std::size_t max_programs = 16;
constexpr std::string_view prefix = "atlas-agent-";

bool is_program_name(std::string_view name) {
  return name.starts_with(prefix) && name.size() < 64 &&
         std::ranges::all_of(
             name,
             [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; });
}

std::string name_for_this_machine() {
  utsname machine{};
  ::uname(&machine);
  return fmt::format("{}{}-{}", prefix, machine.sysname, machine.machine);
}

std::map<std::string, fs::path> find_programs(const fs::path& folder) {
  std::map<std::string, fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (is_program_name(name) && found.size() < max_programs) {
      found.emplace(name, entry->path());
    }
  }
  const auto own = fs::read_symlink("/proc/self/exe", failed).parent_path() / "atlas-agent";
  if (fs::exists(own, failed)) {
    found.emplace(name_for_this_machine(), own);
  }
  return found;
}

std::string read_program(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  if (!failed && size > 0 && size <= max_program_bytes) {
    bytes << in.rdbuf();
  }
  return std::move(bytes).str();
}

}  // namespace

web::download make_installer(const tenants::state_root& root, const tenants::tenant_config& config) {
  return {"install.sh", "text/x-shellscript; charset=utf-8", tenants::render_installer(root, config, {})};
}

web::downloads load_agent_files(const tenants::state_root& root, const tenants::tenant_config& config,
                                const fs::path& folder) {
  web::downloads files(tenants::server_url(config));
  files.add(make_installer(root, config));
  for (const auto& [name, file] : find_programs(folder)) {
    if (auto bytes = read_program(file); !bytes.empty()) {
      files.add({name, "application/octet-stream", std::move(bytes)});
    } else {
      spdlog::warn("{} cannot be handed out to new machines: it cannot be read, or is over 32 MiB",
                   file.string());
    }
  }
  return files;
}

}  // namespace atlas::ingest
