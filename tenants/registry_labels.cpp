// What people write about hosts.
#include "tenants/registry_database.hpp"

#include <fmt/ranges.h>

namespace atlas::tenants {

result<bool> registry::label_host(const host_id& id, const host_label_change& change) {
  result<bool> known = host(id).map([](const auto& found) { return found.has_value(); });
  const auto put = [&](std::string_view action, const char* statement, const std::string& value) {
    if (!known || !*known) return;
    known = db_->recorded({audit_kind::change, action, std::string(id.text())}, [&]() -> result<bool> {
      return db_->prepare(statement, value, id.text()).exec() > 0;
    });
  };
  if (change.note) put("host.note", "UPDATE hosts SET note = ? WHERE id = ? AND revoked = 0", *change.note);
  if (change.tags) {
    put("host.tag", "UPDATE hosts SET tags = ? WHERE id = ? AND revoked = 0",
        fmt::format("{}", fmt::join(*change.tags, "\n")));
  }
  return known;
}

}  // namespace atlas::tenants
