#include "tenants/cli/broker_sync.hpp"

#include "broker/output_file.hpp"
#include "broker/running.hpp"
#include "core/credentials.hpp"
#include "core/user_name.hpp"
#include "tenants/cli/output.hpp"
#include "tenants/cli/service_certificates.hpp"
#include "tenants/registry.hpp"
#include "tenants/rotation.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace atlas::cli {

namespace {

// A folder's one name: what two commands that come by different links both find in the broker's arguments.
std::filesystem::path one_name_of(const std::filesystem::path& dir) {
  std::error_code failed;
  auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(dir), failed);
  return failed ? std::filesystem::absolute(dir) : path;
}

// What the guard's limits.hpp reads.
std::string render_limits(const std::vector<tenants::tenant>& all) {
  auto document = nlohmann::ordered_json::object();
  for (const auto& tenant : all) {
    const auto& most = tenant.config.broker.limits;
    document[std::string(tenant.config.organization.id.text())] = {{"host_messages", most.host_messages},
                                                                   {"host_bytes", most.host_bytes},
                                                                   {"messages", most.messages},
                                                                   {"bytes", most.bytes},
                                                                   {"connections", most.connections}};
  }
  return document.dump(2) + "\n";
}

result<std::vector<broker::credential>> credentials_of(const tenants::state_root& root,
                                                       const tenants::tenant& tenant) {
  const auto& org = tenant.config.organization.id;
  const auto keys = tenants::read_key_ring(root, tenant);
  if (!keys) return tl::unexpected<error>(keys.error());
  std::vector<broker::credential> credentials{{ingest_user_name(org), keys->service_passwords().front()},
                                              {canary_user_name(org), keys->canary_password()}};
  const auto registry = tenants::registry::open(root.fleet_db(tenant.slug));
  if (!registry) return tl::unexpected<error>(registry.error());
  const auto hosts = registry->hosts();
  if (!hosts) return tl::unexpected<error>(hosts.error());
  for (const auto& host : *hosts) {
    if (auto password = keys->host_password(host)) {
      credentials.push_back({host_user_name(org, host.id), *std::move(password)});
    }
  }
  return credentials;
}

}  // namespace

result<broker::broker_options> gather_broker_options(const tenants::state_root& root,
                                                     const std::vector<tenants::tenant>& all) {
  if (all.empty()) {
    return failure(root.path().string(), "has no organisation yet; make one with `atlas-fleet setup`");
  }
  broker::broker_options options;
  options.dir = one_name_of(root.broker_dir());
  options.guard = broker::find_guard();
  options.limits = render_limits(all);
  for (const auto& tenant : all) {
    auto listener = broker::parse_broker_url(tenant.config.broker.url);
    const auto where = root.tenant_file(tenant.slug).string() + ": $.broker.url";
    if (!listener) return failure(where, listener.error().what);
    if (&tenant == &all.front()) {
      options.listener = *std::move(listener);
    } else if (*listener != options.listener) {
      return failure(where, tenant.config.broker.url + " is another broker than " +
                                all.front().config.broker.url + " of " + all.front().slug +
                                "; all organisations of one root share one: `atlas-fleet org set " +
                                tenant.slug + " broker.url " + all.front().config.broker.url + "`");
    }
  }
  return options;
}

result<broker_input> gather_broker_input(const tenants::state_root& root,
                                         const tenants::scanned_tenants& scanned) {
  if (scanned.tenants.empty() && !scanned.mistakes.empty()) {
    return tl::unexpected<error>(scanned.mistakes.front());
  }
  auto options = gather_broker_options(root, scanned.tenants);
  if (!options) return tl::unexpected<error>(options.error());
  broker_input input{*std::move(options), {}, {}};
  std::set<org_id> gathered;
  for (const auto& tenant : scanned.tenants) {
    auto credentials = credentials_of(root, tenant);
    if (!credentials) {
      input.mistakes.push_back(std::move(credentials.error()));
      continue;
    }
    gathered.insert(tenant.config.organization.id);
    std::move(credentials->begin(), credentials->end(), std::back_inserter(input.credentials));
  }
  if (!scanned.mistakes.empty() || !input.mistakes.empty()) {
    input.options.keeps = [gathered = std::move(gathered)](std::string_view user) {
      const auto who = parse_user_name(user);
      return who && !gathered.contains(who->org);
    };
  }
  return input;
}

namespace {

// What cannot be read is a mistake for each who wants to.
void add_new(tenants::config_errors found, tenants::config_errors& mistakes) {
  for (auto& one : found) {
    const auto same = [&one](const error& other) {
      return other.where == one.where && other.what == one.what;
    };
    if (std::none_of(mistakes.begin(), mistakes.end(), same)) mistakes.push_back(std::move(one));
  }
}

result<std::optional<broker_synced>> sync(const tenants::state_root& root, broker::password_memo* memo,
                                          bool only_changes) {
  auto unsettled = tenants::settle_rotations(root, now());
  // Before anything is gathered: of two commands at once, the one that writes last must know both changes.
  const auto lock = broker::folder_lock::acquire(root.broker_dir());
  if (!lock) return tl::unexpected<error>(lock.error());
  auto scanned = tenants::scan_tenants(root);
  auto input = gather_broker_input(root, scanned);
  if (!input) return tl::unexpected<error>(input.error());
  input->options.memo = memo;
  if (only_changes) {
    const auto differs = broker::differs(input->options, input->credentials);
    if (!differs) return tl::unexpected<error>(differs.error());
    if (!*differs) {
      // Their time may have come all the same.
      auto unrenewed = renew_service_certificates(root, scanned.tenants);
      if (!unrenewed.empty()) return tl::unexpected<error>(std::move(unrenewed.front()));
      return std::nullopt;
    }
  }
  auto applied = broker::apply(input->options, input->credentials);
  if (!applied) return tl::unexpected<error>(applied.error());
  auto mistakes = std::move(scanned.mistakes);
  std::move(input->mistakes.begin(), input->mistakes.end(), std::back_inserter(mistakes));
  add_new(std::move(unsettled), mistakes);
  add_new(renew_service_certificates(root, scanned.tenants), mistakes);
  return broker_synced{*std::move(applied), std::move(mistakes)};
}

}  // namespace

result<broker_synced> sync_broker(const tenants::state_root& root) {
  auto synced = sync(root, nullptr, false);
  if (!synced) return tl::unexpected<error>(std::move(synced.error()));
  return **std::move(synced);
}

result<std::optional<broker_synced>> sync_broker_if_changed(const tenants::state_root& root,
                                                            broker::password_memo* memo) {
  return sync(root, memo, true);
}

}  // namespace atlas::cli
