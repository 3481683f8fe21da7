#include "ingest/store/host_shelf.hpp"

#include <algorithm>
#include <utility>

namespace atlas::ingest::store {

boot_record& shelved_host::boot(const std::string& name, std::int64_t now) {
  // The newest stands last.
  const auto found =
      std::find_if(boots.rbegin(), boots.rend(), [&](const boot_record& each) { return each.name == name; });
  if (found != boots.rend()) {
    found->heard = std::max(found->heard, now);
    return *found;
  }
  if (boots.size() >= most_boots) {
    const auto oldest = std::min_element(boots.begin(), boots.end(),
                                         [](const auto& a, const auto& b) { return a.heard < b.heard; });
    forgotten_boots.push_back(oldest->name);
    boots.erase(oldest);
  }
  std::erase(forgotten_boots, name);
  boots.push_back({name, {}, now, false, false});
  return boots.back();
}

shelved_host* host_shelf::find(const host_id& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

shelved_host* host_shelf::find(std::uint32_t number) {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : &found->second;
}

shelved_host* host_shelf::next(std::uint32_t number) {
  const auto found = by_number_.lower_bound(number);
  return found == by_number_.end() ? nullptr : &found->second;
}

shelved_host& host_shelf::add(const host_id& id) { return restore(id, highest_ + 1); }

shelved_host& host_shelf::restore(const host_id& id, std::uint32_t number) {
  highest_ = std::max(highest_, number);
  auto& added = by_number_.try_emplace(number, number, id).first->second;
  by_id_[id] = &added;
  return added;
}

void host_shelf::erase(const host_id& id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) {
    const auto number = found->second->number;
    by_id_.erase(found);
    by_number_.erase(number);
  }
}

}  // namespace atlas::ingest::store
