#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace atlas::ingest::store {

// The names of all metrics and their numbers, which are given once and stay, from 1 on. Any thread.
class metric_dictionary {
 public:
  static constexpr std::size_t most_names = 1'000'000;

  // Gives a name that is new the next number; nothing when there are too many.
  std::optional<std::uint32_t> number_of(const std::string& name);
  // Nothing when it is not known.
  std::optional<std::uint32_t> find(const std::string& name) const;
  // Of a number that was given.
  std::string name_of(std::uint32_t number) const;
  // As it was stored: numbers come in order, from 1 on.
  void restore(std::string name);
  // The highest number given.
  std::uint32_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> names_;  // the keys above; number 1 first
};

}  // namespace atlas::ingest::store
