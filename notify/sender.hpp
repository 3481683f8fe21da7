#pragma once

#include "notify/delivery.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace atlas::notify {

class transfer;

// Carries deliveries out side by side: one that hangs delays no other, and ends after ten seconds. One
// thread, but for wake().
class sender {
 public:
  sender();
  ~sender();
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;

  void start(std::int64_t ticket, delivery what);
  // Goes on with what is under way until something is over, wake() is called or the time has passed.
  std::vector<std::pair<std::int64_t, attempt>> wait(milliseconds longest);
  // Any thread: ends wait().
  void wake();

  std::size_t running() const { return transfers_.size(); }
  bool is_running(std::int64_t ticket) const { return transfers_.contains(ticket); }

 private:
  struct multi;
  std::unique_ptr<multi> multi_;
  std::map<std::int64_t, std::unique_ptr<transfer>> transfers_;
};

}  // namespace atlas::notify
