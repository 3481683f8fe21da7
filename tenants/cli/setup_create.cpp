// The one step in which a new organisation comes into being.
#include "tenants/cli/conflicts.hpp"
#include "tenants/cli/setup.hpp"
#include "tenants/private_file.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

// Ctrl-C waits until the files are as a whole.
class signals_held {
 public:
  signals_held() {
    sigset_t held;
    ::sigemptyset(&held);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaddset(&held, number);
    ::sigprocmask(SIG_BLOCK, &held, &before_);
  }
  ~signals_held() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

 private:
  sigset_t before_{};
};

// Folders that did not exist before go again, as long as they are empty, unless keep() was called.
class new_folders {
 public:
  result<void> make(const fs::path& folder) {
    std::error_code ignored;
    for (auto missing = folder; !missing.empty() && !fs::exists(missing, ignored);
         missing = missing.parent_path()) {
      made_.push_back(missing);
    }
    return tenants::make_private_directory(folder);
  }
  void keep() { made_.clear(); }
  new_folders() = default;
  ~new_folders() {
    std::error_code ignored;
    for (const auto& folder : made_) fs::remove(folder, ignored);
  }
  new_folders(const new_folders&) = delete;
  new_folders& operator=(const new_folders&) = delete;

 private:
  std::vector<fs::path> made_;  // the deepest first
};

// The new organisation's folder before it has its name; gone again unless it was renamed.
class hidden_folder {
 public:
  static result<hidden_folder> make(const fs::path& beside, std::string_view slug) {
    auto name = (beside / fmt::format(".new-{}-XXXXXX", slug)).string();
    if (::mkdtemp(name.data()) == nullptr) return failure(beside.string(), "cannot be written to");
    return hidden_folder(name);
  }
  ~hidden_folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  hidden_folder(hidden_folder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  hidden_folder& operator=(hidden_folder&&) = delete;

  const fs::path& path() const { return path_; }
  result<void> rename_to(const fs::path& folder) {
    std::error_code problem;
    fs::rename(path_, folder, problem);
    if (problem) return failure(folder.string(), "cannot be made: " + problem.message());
    path_.clear();
    return {};
  }

 private:
  explicit hidden_folder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// Another setup may have come first since the answers were checked.
result<void> check_again(const tenants::state_root& root, const setup_plan& plan) {
  const auto others = tenants::scan_tenants(root).tenants;
  std::error_code ignored;
  if (fs::exists(root.tenant_dir(plan.slug), ignored)) return failure(plan.slug, "is taken now");
  if (!name_conflict(others, {}, plan.config.organization.name).empty()) {
    return failure(plan.config.organization.name, "is taken now");
  }
  if (!port_conflict(others, {}, plan.config.server.port).empty()) {
    return failure(fmt::format("port {}", plan.config.server.port), "is taken now");
  }
  return {};
}

}  // namespace

result<std::string> create_organization(const tenants::state_root& root, const setup_plan& plan) {
  auto password = plan.admin_password.value_or(random_password());
  const signals_held held;
  new_folders folders;
  const auto all = root.path() / "tenants";
  if (auto made = folders.make(all); !made) return tl::unexpected(made.error());
  const auto lock = tenants::directory_lock::acquire(all);
  if (!lock) return tl::unexpected(lock.error());
  if (auto good = check_again(root, plan); !good) return tl::unexpected(good.error());

  auto hidden = hidden_folder::make(all, plan.slug);
  if (!hidden) return tl::unexpected(hidden.error());
  const auto saved = tenants::save_tenant_config(plan.config, hidden->path() / "tenant.json");
  if (!saved) return tl::unexpected(saved.error());
  {
    // Closed before the folder is renamed: SQLite knows its files by their path.
    auto registry = tenants::registry::open(hidden->path() / "fleet.db", command_author());
    if (!registry) return tl::unexpected(registry.error());
    const auto added = registry->add_user(plan.admin_user, role::admin, password, now());
    if (!added) return tl::unexpected(added.error());
    const auto recorded = registry->recorded("org.create", plan.slug, [] { return result<void>{}; });
    if (!recorded) return tl::unexpected(recorded.error());
  }
  if (auto renamed = hidden->rename_to(root.tenant_dir(plan.slug)); !renamed)
    return tl::unexpected(renamed.error());
  folders.keep();
  return password;
}

}  // namespace atlas::cli
