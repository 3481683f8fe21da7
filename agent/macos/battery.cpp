#include "agent/collectors.hpp"

// Cross compilers come without Apple's frameworks: there the agent is built without this collector.
#if __has_include(<IOKit/ps/IOPowerSources.h>)

#include <algorithm>

#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/ps/IOPSKeys.h>
#include <IOKit/ps/IOPowerSources.h>

namespace atlas::agent {

namespace {

struct releaser {
  void operator()(const void* object) const { CFRelease(object); }
};
using cf_object = std::unique_ptr<const void, releaser>;

double number_of(CFDictionaryRef source, CFStringRef key) {
  const auto* const number = static_cast<CFNumberRef>(CFDictionaryGetValue(source, key));
  double value = 0;
  if (number != nullptr) CFNumberGetValue(number, kCFNumberDoubleType, &value);
  return value;
}

bool is_true(CFDictionaryRef source, CFStringRef key) {
  return CFDictionaryGetValue(source, key) == kCFBooleanTrue;
}

// IOKit's power sources. Capacities of internal batteries are percentages, so that several weigh the same.
class battery_collector final : public collector {
 public:
  void collect(sample& out) override {
    const cf_object all(IOPSCopyPowerSourcesInfo());
    if (!all) return;
    const cf_object list(IOPSCopyPowerSourcesList(all.get()));
    if (!list) return;
    const auto* const sources = static_cast<CFArrayRef>(list.get());
    double held = 0;
    double capacity = 0;
    bool charging = false;
    for (CFIndex i = 0; i < CFArrayGetCount(sources); ++i) {
      const auto* const source = IOPSGetPowerSourceDescription(all.get(), CFArrayGetValueAtIndex(sources, i));
      if (source == nullptr || !is_internal(source)) continue;
      held += number_of(source, CFSTR(kIOPSCurrentCapacityKey));
      capacity += number_of(source, CFSTR(kIOPSMaxCapacityKey));
      charging = charging || is_true(source, CFSTR(kIOPSIsChargingKey));
    }
    if (capacity > 0) out.battery = battery_sample{std::clamp(100.0 * held / capacity, 0.0, 100.0), charging};
  }

 private:
  static bool is_internal(CFDictionaryRef source) {
    const auto* const type = static_cast<CFStringRef>(CFDictionaryGetValue(source, CFSTR(kIOPSTypeKey)));
    return type != nullptr && CFStringCompare(type, CFSTR(kIOPSInternalBatteryType), 0) == kCFCompareEqualTo;
  }
};

}  // namespace

std::unique_ptr<collector> make_battery_collector(const std::string&) {
  return std::make_unique<battery_collector>();
}

}  // namespace atlas::agent

#endif
