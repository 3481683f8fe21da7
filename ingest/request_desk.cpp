#include "ingest/request_desk.hpp"

#include "ingest/correlation.hpp"

#include <algorithm>

namespace atlas::ingest {

bool request_desk::ask(const host_id& host, const std::string& command, clock::time_point now, done then) {
  const auto of_host = std::ranges::count_if(open_, [&](const auto& one) { return one.second.host == host; });
  if (open_.size() >= max_under_way || static_cast<std::size_t>(of_host) >= max_per_host) {
    return false;
  }
  auto correlation = random_correlation();
  if (!send_(host, command, correlation)) {
    return false;
  }
  open_.emplace(std::move(correlation), question{host, now + answer_time, std::move(then)});
  ++asked_;
  return true;
}

// What is called may ask again: nothing of this object is held meanwhile.
void request_desk::tick(std::vector<host_answer> answers, clock::time_point now) {
  for (auto& answer : answers) {
    const auto found = open_.find(answer.correlation);
    if (found == open_.end() || found->second.host != answer.host) {
      ++unexpected_;
      continue;
    }
    const auto then = std::move(found->second.then);
    open_.erase(found);
    then(std::move(answer.reply));
  }
  std::vector<done> late;
  std::erase_if(open_, [&](auto& one) {
    if (now < one.second.due) {
      return false;
    }
    late.push_back(std::move(one.second.then));
    return true;
  });
  unanswered_ += late.size();
  for (const auto& then : late) {
    then(std::nullopt);
  }
}

}  // namespace atlas::ingest
