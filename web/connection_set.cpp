#include "web/connection_set.hpp"

#include "web/connection.hpp"

#include <algorithm>

namespace atlas::web {

origin_key origin_of(const asio::ip::address& remote) {
  origin_key key{};
  if (remote.is_v6() && !remote.to_v6().is_v4_mapped()) {
    constexpr std::ptrdiff_t network_bytes = 8;
    const auto bytes = remote.to_v6().to_bytes();
    std::copy_n(bytes.begin(), network_bytes, key.begin());
    return key;
  }
  const auto v4 =
      remote.is_v4() ? remote.to_v4() : asio::ip::make_address_v4(asio::ip::v4_mapped, remote.to_v6());
  return asio::ip::make_address_v6(asio::ip::v4_mapped, v4).to_bytes();
}

std::string address_text(const asio::ip::address& remote) {
  return remote.is_v6() && remote.to_v6().is_v4_mapped()
             ? asio::ip::make_address_v4(asio::ip::v4_mapped, remote.to_v6()).to_string()
             : remote.to_string();
}

std::size_t connection_set::size_of(const origin_key& from) const {
  const auto found = origins_.find(from);
  return found == origins_.end() ? 0 : found->second.size;
}

connection_set::room connection_set::make_room(const origin_key& from, const limits& most) {
  if (const auto found = origins_.find(from);
      found != origins_.end() && found->second.size >= most.per_origin) {
    if (found->second.waiting.empty()) {
      return room::none;
    }
    found->second.waiting.front()->close();
    return room::made;
  }
  if (all_.size() >= most.all) {
    return close_longest_waiting() ? room::made : room::none;
  }
  return room::free;
}

bool connection_set::close_longest_waiting() {
  if (waiting_.empty()) {
    return false;
  }
  waiting_.front()->close();
  return true;
}

void connection_set::close_all() {
  while (!all_.empty()) {
    all_.front()->close();
  }
}

connection_set::place connection_set::add(connection& one, const origin_key& from) {
  const auto origin = origins_.try_emplace(from).first;
  ++origin->second.size;
  return {all_.insert(all_.end(), &one), origin, std::nullopt, std::nullopt, false};
}

void connection_set::remove(place& from) {
  end_waiting(from);
  all_.erase(from.of_all);
  from.origin->second.live -= from.is_live ? 1 : 0;
  if (--from.origin->second.size == 0) {
    origins_.erase(from.origin);
  }
}

void connection_set::begin_waiting(connection& one, place& at) {
  auto& of_origin = at.origin->second.waiting;
  at.waiting = waiting_.insert(waiting_.end(), &one);
  at.waiting_of_origin = of_origin.insert(of_origin.end(), &one);
}

bool connection_set::become_live(place& at, std::size_t most) {
  if (at.origin->second.live >= most) {
    return false;
  }
  ++at.origin->second.live;
  at.is_live = true;
  return true;
}

void connection_set::end_waiting(place& at) {
  if (at.waiting) {
    waiting_.erase(*at.waiting);
    at.origin->second.waiting.erase(*at.waiting_of_origin);
    at.waiting.reset();
    at.waiting_of_origin.reset();
  }
}

}  // namespace atlas::web
