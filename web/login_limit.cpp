#include "web/login_limit.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include <boost/asio/ip/address.hpp>

namespace atlas::web {

namespace {

// An IPv4 address, or the 64 bits of an IPv6 address that a network gives to one place.
std::string network_of(std::string_view address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(std::string(address), failed);
  if (failed || parsed.is_v4()) {
    return std::string(address);
  }
  auto bytes = parsed.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return boost::asio::ip::make_address_v6(bytes).to_string();
}

// As the store compares names.
std::string lower_case(std::string_view name) {
  std::string made(name);
  std::ranges::transform(made, made.begin(), [](unsigned char c) {
    return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
  });
  return made;
}

}  // namespace

login_limit::count* login_limit::table::find(const std::string& key) {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : &found->second->second;
}

login_limit::count& login_limit::table::touch(const std::string& key, time_point now) {
  const auto found = places_.find(key);
  if (found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().second;
  }
  if (places_.size() >= max_entries) {
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
  entries_.emplace_front(key, count{0, now, now});
  places_.emplace(key, entries_.begin());
  return entries_.front().second;
}

void login_limit::table::erase(const std::string& key) {
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.erase(found->second);
    places_.erase(found);
  }
}

login_limit::keys login_limit::keys_of(std::string_view address, std::string_view user) {
  auto network = network_of(address);
  auto name = lower_case(user);
  return {network + ' ' + name, std::move(network), std::move(name)};
}

login_limit::seconds login_limit::wait(table& in, const std::string& key, const rule& by, time_point now) {
  auto* found = in.find(key);
  if (found == nullptr) {
    return seconds{0};
  }
  const auto forgotten = (now - found->forgiven) / by.forgiveness;
  found->failures = static_cast<int>(std::max<std::int64_t>(0, found->failures - forgotten));
  found->forgiven += forgotten * by.forgiveness;
  const int beyond = found->failures - by.free;
  if (beyond < 0) {
    return seconds{0};
  }
  constexpr int most_doublings = 20;
  const auto delay = std::min(by.longest, seconds{1} * (1 << std::min(beyond, most_doublings)));
  const auto left = std::chrono::ceil<seconds>(found->last + delay - now);
  return std::max(left, seconds{0});
}

void login_limit::charge(table& in, const std::string& key, time_point now) {
  auto& counted = in.touch(key, now);
  ++counted.failures;
  counted.last = now;
}

void login_limit::refund(table& in, const std::string& key) {
  if (auto* counted = in.find(key); counted != nullptr && counted->failures > 0) {
    --counted->failures;
  }
}

std::optional<login_limit::seconds> login_limit::admit(std::string_view address, std::string_view user,
                                                       time_point now) {
  const auto key = keys_of(address, user);
  const bool is_familiar = familiar_.find(key.pair) != nullptr;
  auto left = std::max(wait(pairs_, key.pair, of_pair, now), wait(addresses_, key.address, of_address, now));
  if (!is_familiar) {
    left = std::max(left, wait(users_, key.user, of_user, now));
  }
  if (left > seconds{0}) {
    return left;
  }
  charge(pairs_, key.pair, now);
  charge(addresses_, key.address, now);
  if (!is_familiar) {
    charge(users_, key.user, now);
  }
  return std::nullopt;
}

void login_limit::succeeded(std::string_view address, std::string_view user, time_point now) {
  undecided(address, user);
  const auto key = keys_of(address, user);
  pairs_.erase(key.pair);
  familiar_.touch(key.pair, now);
}

void login_limit::undecided(std::string_view address, std::string_view user) {
  const auto key = keys_of(address, user);
  refund(pairs_, key.pair);
  refund(addresses_, key.address);
  if (familiar_.find(key.pair) == nullptr) {
    refund(users_, key.user);
  }
}

}  // namespace atlas::web
