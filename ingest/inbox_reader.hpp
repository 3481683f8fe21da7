#pragma once

#include "core/fleet.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <span>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace atlas::ingest {

class inbox;

// Brings batches from the inbox to the loop. An idle inbox wakes the loop at once; while events keep coming
// it is emptied once a `pause`, so that a busy producer never pays for a wake-up. A long batch is handed over
// in slices, with the loop's other work in between.
class inbox_reader {
 public:
  using consumer = std::function<void(std::span<fleet_event>)>;

  static constexpr std::chrono::milliseconds pause{1};
  static constexpr std::size_t slice = 1024;

  inbox_reader(boost::asio::io_context& io, consumer consume);

  // From any thread: the inbox has something. Does nothing before open().
  void wake();
  // Loop thread; `source` outlives this object. Until then events wait in the inbox.
  void open(inbox& source);
  void close();

 private:
  void read();
  void hand_over();

  boost::asio::io_context& io_;
  consumer consume_;
  boost::asio::steady_timer timer_;
  std::atomic<bool> opened_ = false;
  inbox* source_ = nullptr;
  std::vector<fleet_event> batch_;
  std::size_t handed_over_ = 0;
};

}  // namespace atlas::ingest
