#include "tenants/state_root.hpp"

#include "tenants/slug.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

namespace atlas::tenants {

namespace fs = std::filesystem;

namespace {

constexpr const char* installed_root = "/var/lib/atlas-fleet";

fs::path home() {
  if (const char* named = std::getenv("HOME"); named != nullptr && *named != '\0') return named;
  const auto* account = ::getpwuid(::getuid());
  return account != nullptr && account->pw_dir != nullptr ? account->pw_dir : "/";
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char x, char y) { return lower(x) == lower(y); });
}

// Two folders with one id would share every topic and credential: the later one is refused.
void refuse_doubled_ids(const state_root& root, scanned_tenants& scanned) {
  std::vector<tenant> kept;
  for (auto& candidate : scanned.tenants) {
    const auto earlier = std::find_if(kept.begin(), kept.end(), [&](const tenant& other) {
      return other.config.organization.id == candidate.config.organization.id;
    });
    if (earlier == kept.end()) {
      kept.push_back(std::move(candidate));
    } else {
      scanned.mistakes.push_back(
          {fmt::format("{}: $.organization.id", root.tenant_file(candidate.slug).string()),
           fmt::format("is the id of {} too: every organisation needs its own", earlier->slug)});
    }
  }
  scanned.tenants = std::move(kept);
}

}  // namespace

state_root state_root::find(const std::optional<fs::path>& from_command_line) {
  std::error_code ignored;
  const char* named = std::getenv("ATLAS_FLEET_ROOT");
  fs::path path;
  if (from_command_line) {
    path = *from_command_line;
  } else if (named != nullptr && *named != '\0') {
    path = named;
  } else if (fs::is_directory(installed_root, ignored)) {
    path = installed_root;
  } else {
    path = home() / ".atlas-fleet";
  }
  auto absolute = fs::absolute(path, ignored).lexically_normal();
  // "/srv/fleet/" names the same folder as "/srv/fleet".
  return state_root(absolute.has_filename() ? absolute : absolute.parent_path());
}

scanned_tenants scan_tenants(const state_root& root) {
  scanned_tenants scanned;
  std::error_code problem;
  std::vector<std::string> slugs;
  const auto folder = root.path() / "tenants";
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const auto name = entry->path().filename().string();
    std::error_code ignored;
    if (is_slug(name) && fs::exists(root.tenant_file(name), ignored)) slugs.push_back(name);
  }
  if (problem && problem != std::errc::no_such_file_or_directory) {
    scanned.mistakes.push_back({folder.string(), fmt::format("cannot be read: {}", problem.message())});
  }
  std::sort(slugs.begin(), slugs.end());
  for (const auto& slug : slugs) {
    auto config = load_tenant_config(root.tenant_file(slug));
    if (config) {
      scanned.tenants.push_back({slug, std::move(*config)});
    } else {
      scanned.mistakes.insert(scanned.mistakes.end(), config.error().begin(), config.error().end());
    }
  }
  refuse_doubled_ids(root, scanned);
  return scanned;
}

tl::expected<std::vector<tenant>, config_errors> load_tenants(const state_root& root) {
  auto scanned = scan_tenants(root);
  if (!scanned.mistakes.empty()) return tl::unexpected(std::move(scanned.mistakes));
  return std::move(scanned.tenants);
}

tl::expected<tenant, config_errors> find_tenant(const state_root& root, std::string_view org) {
  std::error_code ignored;
  if (is_slug(org) && fs::exists(root.tenant_file(org), ignored)) {
    auto config = load_tenant_config(root.tenant_file(org));
    if (!config) return tl::unexpected(std::move(config.error()));
    return tenant{std::string(org), std::move(*config)};
  }
  auto scanned = scan_tenants(root);
  for (auto& candidate : scanned.tenants) {
    if (same_name(org, candidate.config.organization.id.text()) ||
        same_name(org, candidate.config.organization.name)) {
      return std::move(candidate);
    }
  }
  config_errors problems{
      {"not found", fmt::format("there is no organisation '{}' in {}; 'atlas-fleet org list' "
                                "shows those there are",
                                org, root.path().string())}};
  problems.insert(problems.end(), scanned.mistakes.begin(), scanned.mistakes.end());
  return tl::unexpected(std::move(problems));
}

}  // namespace atlas::tenants
