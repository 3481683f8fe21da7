#include "agent/sleep_watch.hpp"

#include "agent/log.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

// A bus that is not there, or that has gone, is looked for again after this time.
constexpr std::chrono::seconds look_again_after{60};

constexpr const char* service = "org.freedesktop.login1";
constexpr const char* object = "/org/freedesktop/login1";
constexpr const char* interface = "org.freedesktop.login1.Manager";

// What is used of libsystemd, which is opened at run time: machines without systemd need no more than to go
// without this.
struct sd_bus_library {
  decltype(&::sd_bus_open_system) open_system;
  decltype(&::sd_bus_match_signal_async) match_signal_async;
  decltype(&::sd_bus_call_method_async) call_method_async;
  decltype(&::sd_bus_process) process;
  decltype(&::sd_bus_get_fd) get_fd;
  decltype(&::sd_bus_message_read) read;
  decltype(&::sd_bus_message_is_method_error) is_error;
  decltype(&::sd_bus_close_unref) close_unref;

  template <class Function>
  static bool find(void* library, const char* name, Function& out) {
    out = reinterpret_cast<Function>(::dlsym(library, name));
    return out != nullptr;
  }
  static std::optional<sd_bus_library> open() {
    // Stays open: it is needed as long as the process lives.
    void* const library = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    sd_bus_library all{};
    const bool complete = library != nullptr && find(library, "sd_bus_open_system", all.open_system) &&
                          find(library, "sd_bus_match_signal_async", all.match_signal_async) &&
                          find(library, "sd_bus_call_method_async", all.call_method_async) &&
                          find(library, "sd_bus_process", all.process) &&
                          find(library, "sd_bus_get_fd", all.get_fd) &&
                          find(library, "sd_bus_message_read", all.read) &&
                          find(library, "sd_bus_message_is_method_error", all.is_error) &&
                          find(library, "sd_bus_close_unref", all.close_unref);
    return complete ? std::optional(all) : std::nullopt;
  }
};

bool there_is_a_bus() {
  return std::getenv("DBUS_SYSTEM_BUS_ADDRESS") != nullptr ||
         ::access("/run/dbus/system_bus_socket", W_OK) == 0;
}

// systemd-logind's PrepareForSleep, with a lock of the kind "delay": the machine sleeps when it is closed, or
// after five seconds.
class logind_watch final : public sleep_watch {
 public:
  ~logind_watch() override { leave(); }

  std::optional<news> step(monotonic_time now) override {
    if (bus_ == nullptr && now >= look_at_) connect(now);
    while (bus_ != nullptr) {
      const int more = sd_->process(bus_, nullptr);
      if (more < 0) {
        leave();
        look_at_ = now + look_again_after;
      }
      if (more <= 0) break;
    }
    return std::exchange(heard_, std::nullopt);
  }

  void let_sleep() override { close_lock(); }
  int descriptor() const override { return bus_ == nullptr ? -1 : sd_->get_fd(bus_); }

 private:
  void connect(monotonic_time now) {
    look_at_ = now + look_again_after;
    if (!there_is_a_bus()) return;
    if (!sd_) sd_ = sd_bus_library::open();
    if (!sd_ || sd_->open_system(&bus_) < 0) {
      bus_ = nullptr;
      return;
    }
    const int asked = sd_->match_signal_async(bus_, nullptr, service, object, interface, "PrepareForSleep",
                                              on_signal, nullptr, this);
    if (asked < 0) {
      leave();
      return;
    }
    take_lock();
  }

  void leave() {
    close_lock();
    if (bus_ != nullptr) sd_->close_unref(bus_);
    bus_ = nullptr;
  }

  // Without one the machine may be asleep before anybody has heard of it.
  void take_lock() {
    if (lock_ >= 0) return;
    sd_->call_method_async(bus_, nullptr, service, object, interface, "Inhibit", on_lock, this, "ssss",
                           "sleep", "Atlas Fleet", "tells the fleet that this machine sleeps", "delay");
  }
  void close_lock() {
    if (lock_ >= 0) ::close(lock_);
    lock_ = -1;
  }

  static int on_signal(sd_bus_message* message, void* context, sd_bus_error*) {
    auto& self = *static_cast<logind_watch*>(context);
    int begins = 0;
    if (self.sd_->read(message, "b", &begins) < 0) return 0;
    self.heard_ = begins != 0 ? news::going_to_sleep : news::awake;
    if (begins == 0) self.take_lock();
    return 0;
  }
  static int on_lock(sd_bus_message* reply, void* context, sd_bus_error*) {
    auto& self = *static_cast<logind_watch*>(context);
    int lock = -1;
    if (self.sd_->is_error(reply, nullptr) != 0 || self.sd_->read(reply, "h", &lock) < 0) {
      log(log_level::debug, "cannot hold up the sleep of this machine: it may look lost instead of sleeping");
      return 0;
    }
    self.close_lock();
    self.lock_ = ::fcntl(lock, F_DUPFD_CLOEXEC, 0);  // the message keeps its own
    log(log_level::debug, "hears when this machine sleeps");
    return 0;
  }

  std::optional<sd_bus_library> sd_;
  sd_bus* bus_ = nullptr;
  monotonic_time look_at_{};
  int lock_ = -1;
  std::optional<news> heard_;
};

}  // namespace

std::unique_ptr<sleep_watch> watch_sleep(const wake_pipe&) { return std::make_unique<logind_watch>(); }

}  // namespace atlas::agent
