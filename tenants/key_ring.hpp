#pragma once

#include "core/credentials.hpp"
#include "core/error.hpp"
#include "core/org_id.hpp"
#include "core/unix_time.hpp"
#include "tenants/registry.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// A change of an organisation's API key that is under way. Until it ends a host may be on either key.
struct rotation {
  api_key previous;
  api_key next;
  unix_ms started{};
  unix_ms ends{};
};

// The keys that an organisation's passwords may derive from at one moment. A value.
class key_ring {
 public:
  // `configured` is the key of tenant.json. A rotation from and to other keys than that one counts for
  // nothing: somebody has replaced the key by hand since.
  key_ring(const org_id& org, const api_key& configured, std::optional<rotation> under_way);

  // What every new secret derives from.
  const api_key& newest() const { return under_way_ ? under_way_->next : configured_; }
  const std::string& newest_id() const { return under_way_ ? next_id_ : configured_id_; }
  const std::optional<rotation>& under_way() const { return under_way_; }
  // Of the key that hosts are being moved from; empty when no rotation is under way.
  const std::string& previous_id() const { return previous_id_; }

  // Nothing for a host that was cut off: it is on a key that is gone.
  std::optional<std::string> host_password(const registered_host& host) const;
  // What a host that is on the previous key gets when it moves.
  std::string next_password(const registered_host& host) const;
  // Of the organisation's service, the newest first: the broker may not have heard of that one yet.
  std::vector<std::string> service_passwords() const;
  std::string canary_password() const;

 private:
  const api_key* find(std::string_view id) const;

  org_id org_;
  api_key configured_;
  std::optional<rotation> under_way_;
  std::string configured_id_;
  std::string previous_id_;
  std::string next_id_;
};

// Where the hosts stand.
struct rotation_progress {
  std::size_t moved = 0;         // on the newest key
  std::vector<host_id> waiting;  // on the previous one, which is still good
  std::vector<host_id> cut_off;  // on one that is gone
};
rotation_progress progress_of(const key_ring& ring, const std::vector<registered_host>& hosts);

}  // namespace atlas::tenants
