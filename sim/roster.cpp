#include "sim/roster.hpp"

#include "tenants/registry.hpp"
#include "tenants/rotation.hpp"

#include <map>

#include <fmt/format.h>

namespace atlas::sim {

result<std::vector<login>> make_roster(const tenants::state_root& root, const tenants::tenant& org,
                                       const options& chosen, unix_ms now) {
  auto store = tenants::registry::open(root.fleet_db(org.slug), {"atlas-sim", "command line"});
  if (!store) return tl::unexpected(store.error());
  const auto keys = tenants::read_key_ring(root, org);
  if (!keys) return tl::unexpected(keys.error());
  const auto registered = store->hosts();
  if (!registered) return tl::unexpected(registered.error());
  std::map<std::string, tenants::registered_host, std::less<>> known;
  for (const auto& host : *registered) known.emplace(host.id.text(), host);

  std::vector<login> roster;
  for (std::uint32_t number = 1; number <= chosen.hosts; ++number) {
    const auto id = host_id::parse(fmt::format("{}{:04}", chosen.prefix, number));
    if (!id) return failure("--prefix", "gives no host id");
    auto found = known.find(id->text());
    if (found == known.end()) {
      if (!chosen.add) {
        return failure("not registered",
                       fmt::format("{} has no host {}: say --add, or `atlas-fleet host add {} {}`", org.slug,
                                   id->text(), org.slug, id->text()));
      }
      const auto added = store->add_host(*id, now);
      if (!added) return tl::unexpected(added.error());
      found = known.emplace(id->text(), *added).first;
    }
    auto password = keys->host_password(found->second);
    if (!password) {
      return failure("not registered",
                     fmt::format("{} is on a key that is gone: `atlas-fleet host revoke {} {}`, then --add",
                                 id->text(), org.slug, id->text()));
    }
    roster.push_back({*id, *std::move(password)});
  }
  return roster;
}

}  // namespace atlas::sim
