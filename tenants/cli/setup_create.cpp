// The one step in which a new organisation comes into being.
#include "tenants/cli/conflicts.hpp"
#include "tenants/cli/new_folder.hpp"
#include "tenants/cli/setup.hpp"
#include "tenants/private_file.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace atlas::cli {

namespace fs = std::filesystem;

namespace {

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
