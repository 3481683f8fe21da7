#include "agent/sleep_watch.hpp"

// Cross compilers come without Apple's frameworks: there the agent hears nothing of sleep.
#if __has_include(<IOKit/pwr_mgt/IOPMLib.h>)

#include <mutex>
#include <utility>

#include <IOKit/IOMessage.h>
#include <IOKit/pwr_mgt/IOPMLib.h>
#include <dispatch/dispatch.h>

namespace atlas::agent {

namespace {

// The power notifications of IOKit, which come on a queue of the system's own. The machine waits with its
// sleep until it is let, or for thirty seconds.
class power_watch final : public sleep_watch {
 public:
  explicit power_watch(const wake_pipe& wake) : wake_(wake) {
    root_ = IORegisterForSystemPower(this, &port_, on_power, &notifier_);
    if (root_ == MACH_PORT_NULL) return;
    queue_ = dispatch_queue_create("com.atlas.fleet.agent.power", DISPATCH_QUEUE_SERIAL);
    IONotificationPortSetDispatchQueue(port_, queue_);
  }
  ~power_watch() override {
    if (root_ == MACH_PORT_NULL) return;
    IODeregisterForSystemPower(&notifier_);
    IOServiceClose(root_);
    IONotificationPortDestroy(port_);
    dispatch_release(queue_);
  }
  power_watch(const power_watch&) = delete;
  power_watch& operator=(const power_watch&) = delete;

  std::optional<news> step(monotonic_time) override {
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, std::nullopt);
  }
  void let_sleep() override {
    const std::lock_guard lock(mutex_);
    if (const auto id = std::exchange(waiting_, 0)) IOAllowPowerChange(root_, id);
  }
  int descriptor() const override { return -1; }

 private:
  static void on_power(void* context, io_service_t, natural_t what, void* argument) {
    auto& self = *static_cast<power_watch*>(context);
    const auto id = reinterpret_cast<intptr_t>(argument);
    switch (what) {
      case kIOMessageCanSystemSleep: IOAllowPowerChange(self.root_, id); break;
      case kIOMessageSystemWillSleep: self.hear(news::going_to_sleep, id); break;
      case kIOMessageSystemHasPoweredOn: self.hear(news::awake, 0); break;
      default: break;  // an open set of numbers
    }
  }
  void hear(news what, intptr_t id) {
    {
      const std::lock_guard lock(mutex_);
      heard_ = what;
      waiting_ = id;
    }
    wake_.wake();
  }

  const wake_pipe& wake_;
  io_connect_t root_ = MACH_PORT_NULL;
  IONotificationPortRef port_ = nullptr;
  io_object_t notifier_ = 0;
  dispatch_queue_t queue_ = nullptr;
  std::mutex mutex_;  // guards what follows
  std::optional<news> heard_;
  intptr_t waiting_ = 0;
};

}  // namespace

std::unique_ptr<sleep_watch> watch_sleep(const wake_pipe& wake) {
  return std::make_unique<power_watch>(wake);
}

}  // namespace atlas::agent

#else

namespace atlas::agent {

namespace {

class deaf_watch final : public sleep_watch {
 public:
  std::optional<news> step(monotonic_time) override { return std::nullopt; }
  void let_sleep() override {}
  int descriptor() const override { return -1; }
};

}  // namespace

std::unique_ptr<sleep_watch> watch_sleep(const wake_pipe&) { return std::make_unique<deaf_watch>(); }

}  // namespace atlas::agent

#endif
