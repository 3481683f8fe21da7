#include "tests/unit/agent/fake_logind.hpp"

#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace atlas::agent::test {

namespace {

constexpr const char* object = "/org/freedesktop/login1";
constexpr const char* interface = "org.freedesktop.login1.Manager";

constexpr const char* bus_settings =
    R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>)";
constexpr const char* bus_rules = R"(</listen>
  <policy context="default">
    <allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
)";

}  // namespace

// Run on its thread.
struct fake_logind::methods {
  static int inhibit(sd_bus_message* call, void* context, sd_bus_error*) {
    auto& self = *static_cast<fake_logind*>(context);
    const char* what = nullptr;
    const char* who = nullptr;
    const char* why = nullptr;
    const char* mode = nullptr;
    if (sd_bus_message_read(call, "ssss", &what, &who, &why, &mode) < 0) return -1;
    if (std::string(what) != "sleep" || std::string(mode) != "delay") return -1;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return -1;
    if (self.lock_ >= 0) ::close(self.lock_);
    self.lock_ = ends[0];
    self.locks_ = 1;
    ++self.given_;
    const int sent = sd_bus_reply_method_return(call, "h", ends[1]);
    ::close(ends[1]);
    return sent;
  }
  inline static const sd_bus_vtable table[] = {
      SD_BUS_VTABLE_START(0), SD_BUS_METHOD("Inhibit", "ssss", "h", inhibit, SD_BUS_VTABLE_UNPRIVILEGED),
      SD_BUS_SIGNAL("PrepareForSleep", "b", 0), SD_BUS_VTABLE_END};
};

fake_logind::fake_logind() {
  address_ = "unix:path=" + folder_.path("/bus");
  folder_.write("/bus.conf", bus_settings + address_ + bus_rules);
  daemon_ = std::make_unique<process>(
      std::vector<std::string>{"dbus-daemon", "--nofork", "--nopidfile", "--print-address", "--config-file",
                               folder_.path("/bus.conf")},
      folder_.path("/bus.log"));
  if (!daemon_->says("unix:path="))
    throw std::runtime_error("dbus-daemon does not start: " + daemon_->output());
  const bool served = sd_bus_new(&bus_) >= 0 && sd_bus_set_address(bus_, address_.c_str()) >= 0 &&
                      sd_bus_set_bus_client(bus_, 1) >= 0 && sd_bus_start(bus_) >= 0 &&
                      sd_bus_add_object_vtable(bus_, nullptr, object, interface, methods::table, this) >= 0 &&
                      sd_bus_request_name(bus_, "org.freedesktop.login1", 0) >= 0;
  if (!served) throw std::runtime_error("cannot stand for logind");
  thread_ = std::thread([this] { serve(); });
}

fake_logind::~fake_logind() {
  stop_ = true;
  thread_.join();
  if (lock_ >= 0) ::close(lock_);
  sd_bus_close_unref(bus_);
}

void fake_logind::serve() {
  constexpr std::uint64_t a_moment = 20'000;  // microseconds
  while (!stop_) {
    while (sd_bus_process(bus_, nullptr) > 0) {
    }
    look_after_locks();
    if (const int what = asked_.exchange(0); what != 0) {
      sd_bus_emit_signal(bus_, object, interface, "PrepareForSleep", "b", what == 1 ? 1 : 0);
    }
    sd_bus_wait(bus_, a_moment);
  }
}

// The other end is closed when nobody holds the lock any more.
void fake_logind::look_after_locks() {
  if (lock_ < 0) return;
  pollfd end{lock_, POLLIN, 0};
  if (::poll(&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0) {
    ::close(lock_);
    lock_ = -1;
    locks_ = 0;
  }
}

}  // namespace atlas::agent::test
