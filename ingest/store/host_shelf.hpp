#pragma once

#include "core/host_id.hpp"
#include "ingest/store/host_tail.hpp"
#include "ingest/store/seq_set.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace atlas::ingest::store {

// One run of a host's agent.
struct boot_record {
  std::string name;
  seq_set received;
  std::int64_t heard = 0;  // ms, by this machine's clock
  bool changed = false;    // since it was stored
  bool touched = false;    // since it was acknowledged
};

// What the store keeps in memory of one host.
struct shelved_host {
  static constexpr std::size_t most_boots = 64;

  shelved_host(std::uint32_t given, const host_id& name) : number(given), id(name) {}

  // Adds it where it is new; the one that was heard least lately goes when there are too many.
  boot_record& boot(const std::string& name, std::int64_t now);

  std::uint32_t number;
  host_id id;
  std::vector<std::uint32_t> metrics;  // all that it has ever had, ascending
  std::shared_ptr<const metric_list> newest_list;
  std::vector<boot_record> boots;
  std::vector<std::string> forgotten_boots;  // still stored
  host_tail tail;
  std::optional<std::int64_t> newest_in_blocks;  // ms; nothing while it was not asked for
  std::size_t ack_turn = 0;
};

// All hosts of the store, by name and by number. One thread.
class host_shelf {
 public:
  // Nullptr when it is not known.
  shelved_host* find(const host_id& id);
  shelved_host* find(std::uint32_t number);
  // The first with that number or a higher one.
  shelved_host* next(std::uint32_t number);
  // With a number that no host has had in this run.
  shelved_host& add(const host_id& id);
  shelved_host& restore(const host_id& id, std::uint32_t number);
  void erase(const host_id& id);
  // No host gets this number or a lower one.
  void skip_numbers(std::uint32_t up_to) { highest_ = std::max(highest_, up_to); }
  std::size_t size() const { return by_number_.size(); }

 private:
  std::map<std::uint32_t, shelved_host> by_number_;
  std::unordered_map<host_id, shelved_host*> by_id_;
  std::uint32_t highest_ = 0;
};

}  // namespace atlas::ingest::store
