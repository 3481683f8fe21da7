#pragma once

#include "core/host_id.hpp"
#include "core/process_list.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace atlas::ingest {

// What a host has answered to a question of the request desk.
struct host_answer {
  host_id host;
  std::string correlation;
  processes_reply reply;
};

// Questions to hosts on their …/cmd, each known again by its correlation data: 128 random bits that only the
// host that was asked has seen. So many are under way at most, and none for longer than the answer time. Loop
// thread.
class request_desk {
 public:
  using clock = std::chrono::steady_clock;
  // Publishes on the host's …/cmd; false when there is no connection to the broker.
  using sender =
      std::function<bool(const host_id&, const std::string& payload, const std::string& correlation)>;
  // Called once: with nothing when no answer has come in time.
  using done = std::function<void(std::optional<processes_reply>)>;

  static constexpr std::size_t max_under_way = 32;
  static constexpr std::size_t max_per_host = 1;
  static constexpr std::chrono::seconds answer_time{10};

  explicit request_desk(sender send) : send_(std::move(send)) {}

  // False, and `then` is not called, when too many are under way or it cannot be sent.
  bool ask(const host_id& host, const std::string& command, clock::time_point now, done then);
  void tick(std::vector<host_answer> answers, clock::time_point now);

  std::size_t under_way() const { return open_.size(); }
  std::uint64_t asked() const { return asked_; }
  std::uint64_t unanswered() const { return unanswered_; }
  std::uint64_t unexpected() const { return unexpected_; }  // answers to nothing that was asked

 private:
  struct question {
    host_id host;
    clock::time_point due;
    done then;
  };

  const sender send_;
  std::map<std::string, question> open_;  // by correlation
  std::uint64_t asked_ = 0;
  std::uint64_t unanswered_ = 0;
  std::uint64_t unexpected_ = 0;
};

}  // namespace atlas::ingest
