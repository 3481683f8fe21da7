// What `doctor` looks at on the disk.
#include "broker/running.hpp"
#include "tenants/cli/doctor.hpp"
#include "tenants/cli/output.hpp"

#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace atlas::cli {

namespace {

namespace fs = std::filesystem;

constexpr mode_t of_others = 077;

// Files that are not there are another check's matter.
void check_private(const fs::path& file, std::string_view mode, findings& found) {
  struct stat info{};
  if (::stat(file.c_str(), &info) == 0 && (info.st_mode & of_others) != 0) {
    found.push_back({"permissions", file.string(), "others may read or change it",
                     fmt::format("chmod {} {}", mode, shell_word(file.string()))});
  }
}

void check_readable(const fs::path& file, findings& found) {
  if (::access(file.c_str(), F_OK) == 0 && ::access(file.c_str(), R_OK | W_OK) != 0) {
    found.push_back({"permissions", file.string(), "this user may not read and write it",
                     "Run the command as the user whom the installation belongs to, or give it the file."});
  }
}

// Whatever an organisation's folder holds is secret, also what is left of a backup or an editor.
void check_folder(const fs::path& folder, findings& found) {
  check_private(folder, "700", found);
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) check_private(entry->path(), "600", found);
  }
}

}  // namespace

void examine_permissions(const tenants::state_root& root, const std::vector<tenants::tenant>& orgs,
                         findings& found) {
  const auto before = found.size();
  for (const auto& org : orgs) {
    check_folder(root.tenant_dir(org.slug), found);
    check_readable(root.tenant_file(org.slug), found);
    check_readable(root.fleet_db(org.slug), found);
    const auto& key = org.config.server.tls.private_key;
    struct stat info{};
    // A group that holds the keys of certificates is usual.
    if (key && ::stat(key->c_str(), &info) == 0 && (info.st_mode & 07) != 0) {
      found.push_back({"permissions", key->string(), "everyone may read or change it",
                       "chmod o= " + shell_word(key->string())});
    }
  }
  for (const auto* name : {"certs/ca.key", "certs/server.key", "passwd", "canary.secret"}) {
    check_private(root.broker_dir() / name, "600", found);
  }
  if (found.size() == before) found.push_back({"permissions", root.path().string(), "", ""});
}

void examine_clock(const tenants::state_root& root, const std::vector<tenants::tenant>& orgs,
                   findings& found) {
  constexpr auto tolerance = std::chrono::minutes(5);
  std::vector<fs::path> files{root.ca_file()};
  for (const auto& org : orgs) {
    files.push_back(root.tenant_file(org.slug));
    files.push_back(root.fleet_db(org.slug));
  }
  for (const auto& file : files) {
    std::error_code failed;
    const auto written = fs::last_write_time(file, failed);
    if (failed || written <= fs::file_time_type::clock::now() + tolerance) continue;
    found.push_back(
        {"clock", file.string(), fmt::format("was written in the future; it is {} here", format_time(now())),
         "Set this machine's clock (timedatectl set-ntp true): certificates, sessions and alerts go by it."});
    return;
  }
  found.push_back({"clock", format_time(now()), "", ""});
}

std::string space_trouble(std::uint64_t free, std::uint64_t total) {
  constexpr std::uint64_t mib = 1024 * 1024;
  constexpr std::uint64_t least = 256 * mib;
  constexpr std::uint64_t plenty = 5 * 1024 * mib;
  if (free >= plenty || (free >= least && free >= total / 20)) return {};
  return fmt::format("only {} MiB of {} MiB are free", free / mib, total / mib);
}

void examine_space(const tenants::state_root& root, findings& found) {
  struct statvfs info{};
  if (::statvfs(root.path().c_str(), &info) != 0) return;
  auto trouble = space_trouble(std::uint64_t{info.f_bavail} * info.f_frsize,
                               std::uint64_t{info.f_blocks} * info.f_frsize);
  found.push_back(
      {"disk", root.path().string(), std::move(trouble),
       "Make room: a full disk stops the registries and what the broker keeps for services that are away."});
}

void examine_programs(findings& found) {
  const auto before = found.size();
  std::error_code failed;
  const auto folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  const auto share = (folder / ".." / "share" / "atlas-fleet").lexically_normal();
  if (const auto mosquitto = broker::find_mosquitto(); !mosquitto) {
    found.push_back({"programs", "mosquitto", "is not installed", mosquitto.error().what});
  }
  if (broker::find_guard().empty()) {
    found.push_back(
        {"programs", "atlas-guard.so", "is not installed",
         "Install all of Atlas Fleet: it belongs into ../lib/atlas-fleet beside the programs. Without it "
         "subscriptions are not refused and floods are not stopped."});
  }
  if (::access((folder / "atlas-ingest").c_str(), X_OK) != 0) {
    found.push_back({"programs", (folder / "atlas-ingest").string(), "is not there",
                     "Install it beside atlas-fleet: `atlas-fleet up` starts it."});
  }
  if (!fs::exists(share / "ui" / "index.html", failed)) {
    found.push_back({"programs", (share / "ui").string(), "has no dashboard",
                     "Build with ATLAS_UI=ON, or name its folder with atlas-ingest --ui-dir."});
  }
  const bool has_agents =
      fs::is_directory(share / "agents", failed) && !fs::is_empty(share / "agents", failed);
  if (!has_agents && ::access((folder / "atlas-agent").c_str(), R_OK) != 0) {
    found.push_back({"programs", (share / "agents").string(), "has no agent to hand out to new machines",
                     "Put atlas-agent-<uname -s>-<uname -m> there, or atlas-agent beside atlas-fleet."});
  }
  if (found.size() == before) found.push_back({"programs", folder.string(), "", ""});
}

}  // namespace atlas::cli
