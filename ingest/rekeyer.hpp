#pragma once

#include "core/host_id.hpp"
#include "core/rekey.hpp"
#include "tenants/key_ring.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atlas::ingest {

// What a host has answered on its …/reply.
struct host_reply {
  host_id host;
  std::string correlation;
  rekey_reply reply;
};

// Moves hosts to the organisation's new key while it is rotated: asks those that are online, some at a time,
// to keep their next password, and has those that have kept it entered in the registry. The broker's password
// file follows the registry, and the host comes back with the new password. All state is in the registry and
// with the hosts, so that a service that is killed begins again where it was. Loop thread.
class rekeyer {
 public:
  using clock = std::chrono::steady_clock;
  struct ports {
    std::function<bool(const host_id&)> is_online;
    // Publishes on the host's …/cmd; false when there is no connection to the broker.
    std::function<bool(const host_id&, const std::string& payload, const std::string& correlation)> send;
    // Enters in the registry that these have left the key `from`; calls moved() when that is over. What could
    // not be entered is tried again.
    std::function<void(std::vector<host_id>, std::string from)> move;
  };
  // Not a number under way at a time: hosts that do not answer would keep the others waiting.
  static constexpr std::size_t asks_per_tick = 100;
  static constexpr std::chrono::seconds answer_time{10};
  static constexpr std::chrono::seconds longest_pause{300};

  explicit rekeyer(ports to) : to_(std::move(to)) {}

  // As the registry and the key files are now.
  void sync_hosts(const std::vector<tenants::registered_host>& hosts,
                  std::shared_ptr<const tenants::key_ring> keys);
  // Every fraction of a second, with what hosts have answered since.
  void tick(const std::vector<host_reply>& replies, clock::time_point now);
  void moved() { moving_ = false; }

  // Of the last sync_hosts(), for /metrics.
  struct counts {
    std::size_t moved = 0;
    std::size_t waiting = 0;
    std::size_t cut_off = 0;
  };
  const counts& progress() const { return counts_; }
  std::uint64_t asked() const { return asked_; }
  std::uint64_t unexpected() const { return unexpected_; }  // replies to nothing that was asked

 private:
  struct candidate {
    tenants::registered_host host;
    std::string correlation;  // empty: not asked at present
    clock::time_point due{};  // when to ask, or to give up waiting for the answer
    std::chrono::seconds pause{answer_time};
    bool kept = false;  // the host has the password; the registry does not know yet
  };
  void take(const host_reply& reply, clock::time_point now);
  void give_up(candidate& which, clock::time_point now);
  bool ask(candidate& which, clock::time_point now);
  void move_kept();

  const ports to_;
  std::shared_ptr<const tenants::key_ring> keys_;
  std::map<host_id, candidate> waiting_;  // on the previous key
  std::optional<host_id> looked_at_;      // where the last tick came to
  bool moving_ = false;                   // a batch is on its way to the registry
  counts counts_;
  std::uint64_t asked_ = 0;
  std::uint64_t unexpected_ = 0;
};

}  // namespace atlas::ingest
