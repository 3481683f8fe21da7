#include "broker/account.hpp"

#include <array>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::broker {

namespace {

constexpr const char* broker_user = "mosquitto";

std::vector<gid_t> groups_of(const account& who) {
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (getgrouplist(who.name.c_str(), who.gid, groups.data(), &count) < 0) count = 0;
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

std::optional<account> find_account(const passwd* entry) {
  if (entry == nullptr) return std::nullopt;
  return account{entry->pw_name, entry->pw_uid, entry->pw_gid};
}

}  // namespace

account broker_account(const std::filesystem::path& dir) {
  if (geteuid() != 0) {
    return find_account(getpwuid(geteuid()))
        .value_or(account{std::to_string(geteuid()), geteuid(), getegid()});
  }
  const auto found = find_account(getpwnam(broker_user));
  if (found && can_reach(*found, dir)) return *found;
  return {"root", 0, 0};
}

bool can_reach(const account& who, const std::filesystem::path& dir) {
  if (who.uid == 0) return true;
  const auto groups = groups_of(who);
  const auto in_group = [&](gid_t gid) {
    if (gid == who.gid) return true;
    for (const auto group : groups) {
      if (group == gid) return true;
    }
    return false;
  };
  for (auto path = dir;; path = path.parent_path()) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0) {
      const mode_t needed = status.st_uid == who.uid ? S_IXUSR : in_group(status.st_gid) ? S_IXGRP : S_IXOTH;
      if ((status.st_mode & needed) == 0) return false;
    }
    if (path == path.parent_path()) return true;
  }
}

}  // namespace atlas::broker
