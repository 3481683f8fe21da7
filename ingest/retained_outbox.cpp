#include "ingest/retained_outbox.hpp"

#include <utility>

namespace atlas::ingest {

retained_outbox::retained_outbox(std::size_t window, std::size_t max_topics)
    : window_(window), max_topics_(max_topics) {}

bool retained_outbox::put(std::string topic, std::string payload) {
  auto found = entries_.find(topic);
  if (found == entries_.end()) {
    if (entries_.size() >= max_topics_) {
      ++dropped_;
      return false;
    }
    found = entries_.emplace(topic, entry{}).first;
    found->second.content.topic = std::move(topic);
  }
  auto& which = found->second;
  which.content.payload = std::move(payload);
  queue(which);
  return true;
}

void retained_outbox::queue(entry& which) {
  if (!std::exchange(which.queued, true) && !which.in_flight) {
    waiting_.push_back(&which);
  }
}

const retained_outbox::message* retained_outbox::next() const {
  return waiting_.empty() || in_flight_.size() >= window_ ? nullptr : &waiting_.front()->content;
}

void retained_outbox::sent(int token) {
  auto* which = waiting_.front();
  waiting_.pop_front();
  which->queued = false;
  which->in_flight = true;
  in_flight_[token] = which;
}

void retained_outbox::answered(int token) {
  const auto found = in_flight_.find(token);
  if (found == in_flight_.end()) {
    return;
  }
  auto* which = found->second;
  in_flight_.erase(found);
  which->in_flight = false;
  if (which->queued) {
    waiting_.push_back(which);
    return;
  }
  entries_.erase(entries_.find(which->content.topic));
}

std::string retained_outbox::topic_of(int token) const {
  const auto found = in_flight_.find(token);
  return found == in_flight_.end() ? std::string{} : found->second->content.topic;
}

void retained_outbox::disconnected() {
  for (const auto& [token, which] : in_flight_) {
    which->in_flight = false;
    which->queued = true;
    waiting_.push_back(which);
  }
  in_flight_.clear();
}

}  // namespace atlas::ingest
