#include "ingest/store/metric_dictionary.hpp"

#include <utility>

namespace atlas::ingest::store {

std::optional<std::uint32_t> metric_dictionary::number_of(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) {
    return found->second;
  }
  if (names_.size() >= most_names) {
    return std::nullopt;
  }
  const auto number = static_cast<std::uint32_t>(names_.size() + 1);
  names_.push_back(&numbers_.emplace(name, number).first->first);
  return number;
}

std::optional<std::uint32_t> metric_dictionary::find(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::string metric_dictionary::name_of(std::uint32_t number) const {
  const std::scoped_lock lock(mutex_);
  return number == 0 || number > names_.size() ? std::string{} : *names_[number - 1];
}

void metric_dictionary::restore(std::string name) {
  const std::scoped_lock lock(mutex_);
  const auto number = static_cast<std::uint32_t>(names_.size() + 1);
  names_.push_back(&numbers_.emplace(std::move(name), number).first->first);
}

std::uint32_t metric_dictionary::size() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::uint32_t>(names_.size());
}

}  // namespace atlas::ingest::store
