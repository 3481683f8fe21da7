#include "ingest/settings_desk.hpp"

#include "tenants/name_conflict.hpp"
#include "tenants/org_settings.hpp"
#include "tenants/private_file.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace atlas::ingest {

namespace {

using tenants::config_errors;
using tenants::tenant_config;
using config_outcome = result<web::people::outcome<tenant_config>>;

// The first mistake names the member, the text tells all of them.
config_outcome refuse(const config_errors& mistakes) {
  constexpr std::size_t most_told = 50;
  std::string all;
  for (const auto& one : std::span(mistakes).first(std::min(mistakes.size(), most_told))) {
    all +=
        fmt::format("{}{}{}{}", all.empty() ? "" : "; ", one.where, one.where.empty() ? "" : " ", one.what);
  }
  return tl::make_unexpected(
      web::people_refusal{web::people_refusal::reason::invalid, std::move(all), mistakes.front().where});
}

// Which file is broken is in the log; an administrator of the dashboard may not know this machine.
result<tenant_config> read_config(const std::filesystem::path& file) {
  auto config = tenants::load_tenant_config(file);
  if (!config) {
    const auto& first = config.error().front();
    return failure(first.where, "tenant.json cannot be read: " + first.what);
  }
  return *std::move(config);
}

// The lock is that of `atlas-fleet org set` and of rotations: nobody's change is lost.
config_outcome change_file(tenants::registry& store, const tenants::state_root& root, const std::string& slug,
                           const std::string& patch) {
  const auto lock = tenants::directory_lock::acquire(root.path() / "tenants");
  if (!lock) {
    return tl::unexpected(lock.error());
  }
  const auto file = root.tenant_file(slug);
  const auto present = read_config(file);
  if (!present) {
    return tl::unexpected(present.error());
  }
  auto patched = tenants::patch_settings(*present, patch);
  if (!patched) {
    return refuse(patched.error());
  }
  if (patched->keys.empty()) {
    return std::move(patched->config);
  }
  const auto& name = patched->config.organization.name;
  const bool is_renamed = name != present->organization.name;
  if (is_renamed && !tenants::name_conflict(tenants::scan_tenants(root).tenants, slug, name).empty()) {
    return refuse({{"organization.name", "is taken by another organisation of this installation"}});
  }
  const auto saved = store.recorded("settings.change", fmt::format("{}", fmt::join(patched->keys, " ")),
                                    [&] { return tenants::save_tenant_config(patched->config, file); });
  if (!saved) {
    return tl::unexpected(saved.error());
  }
  return std::move(patched->config);
}

}  // namespace

settings_desk::settings_desk(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                             tenants::registry& of_worker, const wall_clock& clock, tenants::state_root root,
                             std::string slug, listener changed)
    : worker_(io, worker, of_worker, clock, "settings"),
      root_(std::move(root)),
      slug_(std::move(slug)),
      changed_(std::move(changed)) {}

void settings_desk::read_settings(answer<std::string> done) {
  const auto work = [file = root_.tenant_file(slug_)](const tenants::registry&,
                                                      unix_ms) -> result<std::string> {
    return read_config(file).map(tenants::format_settings);
  };
  worker_.run<std::string>({}, work, std::move(done));
}

void settings_desk::change_settings(web::actor by, std::string patch, answer<outcome> done) {
  auto work = [this, patch = std::move(patch)](tenants::registry& store, unix_ms) {
    return change_file(store, root_, slug_, patch);
  };
  auto tell = [this, done = std::move(done)](const config_outcome& changed) {
    if (!changed) {
      return done(tl::unexpected(changed.error()));
    }
    if (!*changed) {
      return done(outcome(tl::unexpected(changed->error())));
    }
    changed_(**changed);
    done(outcome(tenants::format_settings(**changed)));
  };
  worker_.run<web::people::outcome<tenant_config>>(std::move(by), std::move(work), std::move(tell));
}

}  // namespace atlas::ingest
