#pragma once

#include "tests/unit/agent/fixture_root.hpp"
#include "tests/unit/agent/process.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

struct sd_bus;

namespace atlas::agent::test {

// A D-Bus of its own with what the agent uses of systemd-logind.
class fake_logind {
 public:
  fake_logind();
  ~fake_logind();
  fake_logind(const fake_logind&) = delete;
  fake_logind& operator=(const fake_logind&) = delete;

  // For DBUS_SYSTEM_BUS_ADDRESS.
  const std::string& address() const { return address_; }
  // Locks that hold up the sleep at present.
  int locks() const { return locks_; }
  int locks_given() const { return given_; }
  // Tells everybody that the machine is about to sleep, or that it is back.
  void prepare_for_sleep(bool begins) { asked_ = begins ? 1 : 2; }

 private:
  struct methods;
  void serve();
  void look_after_locks();

  fixture_root folder_;
  std::string address_;
  std::unique_ptr<process> daemon_;
  sd_bus* bus_ = nullptr;
  int lock_ = -1;  // our end
  std::atomic<int> locks_{0};
  std::atomic<int> given_{0};
  std::atomic<int> asked_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace atlas::agent::test
