#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace atlas::ingest {

// Retained states on their way to the broker. Only the newest payload of a topic matters, so one that was not
// sent yet is replaced, and a topic has one publish in flight at a time. One thread.
class retained_outbox {
 public:
  struct message {
    std::string topic;
    std::string payload;
  };

  explicit retained_outbox(std::size_t window = 100, std::size_t max_topics = 500'000);

  // False, and counted, when there are max_topics already.
  bool put(std::string topic, std::string payload);

  // The next message to send, or nullptr: nothing waits, or `window` are in flight. It stays the next until
  // sent().
  const message* next() const;
  void sent(int token);

  // The broker has answered this publish.
  void answered(int token);
  // Of the topic in flight under this token; empty when there is none.
  std::string topic_of(int token) const;
  // The connection broke: what was in flight is to be sent again.
  void disconnected();

  std::size_t size() const { return entries_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct entry {
    message content;
    bool in_flight = false;
    bool queued = false;
  };
  void queue(entry& which);

  const std::size_t window_;
  const std::size_t max_topics_;
  std::unordered_map<std::string, entry> entries_;  // by topic; an entry's address is stable
  std::deque<entry*> waiting_;
  std::unordered_map<int, entry*> in_flight_;  // by token
  std::uint64_t dropped_ = 0;
};

}  // namespace atlas::ingest
