#include "tenants/key_ring.hpp"

#include <utility>

namespace atlas::tenants {

key_ring::key_ring(const org_id& org, const api_key& configured, std::optional<rotation> under_way)
    : org_(org), configured_(configured), under_way_(std::move(under_way)) {
  configured_id_ = derive_key_id(configured_, org_);
  if (under_way_ && configured != under_way_->previous && configured != under_way_->next) under_way_.reset();
  if (!under_way_) return;
  previous_id_ = derive_key_id(under_way_->previous, org_);
  next_id_ = derive_key_id(under_way_->next, org_);
}

const api_key* key_ring::find(std::string_view id) const {
  if (id == configured_id_) return &configured_;
  if (!under_way_) return nullptr;
  if (id == previous_id_) return &under_way_->previous;
  return id == next_id_ ? &under_way_->next : nullptr;
}

std::optional<std::string> key_ring::host_password(const registered_host& host) const {
  const auto* key = host.key ? find(*host.key) : &configured_;
  if (key == nullptr) return std::nullopt;
  return derive_host_password(*key, org_, host.id, host.generation);
}

std::string key_ring::next_password(const registered_host& host) const {
  return derive_host_password(newest(), org_, host.id, host.generation + 1);
}

std::vector<std::string> key_ring::service_passwords() const {
  std::vector<std::string> passwords{derive_ingest_password(newest(), org_)};
  if (under_way_) passwords.push_back(derive_ingest_password(under_way_->previous, org_));
  return passwords;
}

std::string key_ring::canary_password() const { return derive_canary_password(newest(), org_); }

rotation_progress progress_of(const key_ring& ring, const std::vector<registered_host>& hosts) {
  rotation_progress progress;
  for (const auto& host : hosts) {
    if (!host.key || *host.key == ring.newest_id()) {
      ++progress.moved;
    } else if (*host.key == ring.previous_id()) {
      progress.waiting.push_back(host.id);
    } else {
      progress.cut_off.push_back(host.id);
    }
  }
  return progress;
}

}  // namespace atlas::tenants
