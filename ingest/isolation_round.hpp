#pragma once

#include "core/org_id.hpp"
#include "ingest/mqtt_client.hpp"
#include "web/isolation.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::ingest {

// Tries at the broker what must fail, with the canary's own credential and nothing that could harm anyone if
// it did not: a connection that takes another's place, then writes and subscriptions outside its own topics.
// Loop thread.
class isolation_round {
 public:
  struct outcome {
    std::vector<web::isolation_attempt> attempts;
    std::string trouble;  // why it could not be finished, else empty
  };

  // `login` is the canary's. Calls `done` once, from the loop, unless this object goes before.
  isolation_round(boost::asio::io_context& io, const mqtt_options& login, const org_id& org,
                  std::function<void(outcome)> done);
  ~isolation_round();

 private:
  enum class step { first_login, second_login, eviction, own_topic, attempts, goodbye, finished };
  class connection;

  void on_connected(const connection& which);
  void on_lost(const connection& which, const std::string& why);
  void on_answer(int reason);
  void wait(std::chrono::milliseconds limit, std::function<void()> then);
  void try_next();
  void record(bool refused);
  void finish(std::string trouble);

  boost::asio::io_context& io_;
  const mqtt_options login_;
  const org_id org_;
  std::function<void(outcome)> done_;
  std::unique_ptr<connection> first_;
  std::unique_ptr<connection> second_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  step step_ = step::first_login;
  std::size_t next_ = 0;
  bool first_lost_ = false;
  outcome outcome_;
};

}  // namespace atlas::ingest
