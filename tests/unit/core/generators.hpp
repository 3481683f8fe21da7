#pragma once

#include "core/host_id.hpp"
#include "core/org_id.hpp"
#include "core/sample.hpp"

#include <string>
#include <vector>

#include <rapidcheck.h>

namespace atlas::test {

inline rc::Gen<std::string> text_of(std::string alphabet, int least, int most) {
  return rc::gen::mapcat(rc::gen::inRange(least, most + 1), [alphabet](int size) {
    return rc::gen::container<std::string>(static_cast<std::size_t>(size), rc::gen::elementOf(alphabet));
  });
}

inline rc::Gen<host_id> any_host() {
  const auto text = text_of("abcXYZ019._-", 1, 64);
  return rc::gen::map(rc::gen::suchThat(text, host_id::is_valid),
                      [](const std::string& valid) { return host_id::parse(valid).value(); });
}

inline rc::Gen<org_id> any_org() {
  return rc::gen::map(text_of("0123456789abcdef", 32, 32), [](std::string digits) {
    digits[12] = '4';
    digits[16] = "89ab"[digits[16] % 4];
    for (const auto place : {8U, 13U, 18U, 23U}) {
      digits.insert(place, "-");
    }
    return org_id::parse(digits).value();
  });
}

// Names with everything that JSON must escape.
inline rc::Gen<std::string> any_name() {
  const std::vector<std::string> parts{"/",    "a", "Z", " ",  "\"", "\\", "\n",
                                       "\x01", "ä", "€", "😀", "%",  ":"};
  return rc::gen::map(rc::gen::nonEmpty(rc::gen::resize(
                          50, rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(parts)))),
                      [](const std::vector<std::string>& chosen) {
                        std::string name;
                        for (const auto& part : chosen) {
                          name += part;
                        }
                        return name;
                      });
}

// Numbers of at most two decimals: what the encoder keeps.
inline rc::Gen<double> hundredths(std::int64_t least, std::int64_t most) {
  return rc::gen::map(rc::gen::inRange(least, most + 1),
                      [](std::int64_t value) { return static_cast<double>(value) / 100; });
}
inline rc::Gen<double> any_percent() { return hundredths(0, 10'000); }
inline rc::Gen<double> any_rate() { return hundredths(0, 100'000'000'000'000); }
inline rc::Gen<std::uint64_t> any_size() {
  return rc::gen::inRange<std::uint64_t>(0, (std::uint64_t{1} << 63) + 1);
}

template <class T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
  return *rc::gen::arbitrary<bool>() ? std::optional<T>(*gen) : std::nullopt;
}

template <class T, class Make>
std::vector<T> some(Make make) {
  std::vector<T> values;
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
    values.push_back(make());
  }
  return values;
}

inline rc::Gen<sample> any_sample() {
  return rc::gen::exec([] {
    sample value;
    value.ts = from_unix_ms(*rc::gen::inRange<std::int64_t>(946'684'800'000, 4'102'444'800'001));
    value.seq = maybe(rc::gen::arbitrary<std::uint64_t>());
    value.boot = *text_of("0123456789abcdef\"", 0, 64);
    value.interval = maybe(rc::gen::map(rc::gen::inRange(1, 86'400'001), [](int ms) { return ms / 1000.0; }));
    value.cpu.percent = *any_percent();
    value.cpu.cores = some<double>([] { return *any_percent(); });
    if (*rc::gen::arbitrary<bool>()) {
      value.cpu.load = {*hundredths(0, 100'000), *hundredths(0, 100'000), *hundredths(0, 100'000)};
    }
    value.cpu.iowait = maybe(any_percent());
    value.cpu.steal = maybe(any_percent());
    value.memory = {*any_percent(),    maybe(any_size()), maybe(any_size()),
                    maybe(any_size()), maybe(any_size()), maybe(any_size())};
    value.disks = some<disk_sample>([] {
      return disk_sample{*any_name(), *any_name(),    *any_name(),       *any_size(),
                         *any_size(), *any_percent(), maybe(any_rate()), maybe(any_rate())};
    });
    value.network =
        some<network_sample>([] { return network_sample{*any_name(), *any_rate(), *any_rate()}; });
    value.temperatures = some<temperature_sample>(
        [] { return temperature_sample{*any_name(), *hundredths(-27'315, 100'000)}; });
    if (*rc::gen::arbitrary<bool>()) {
      value.battery = {*any_percent(), *rc::gen::arbitrary<bool>()};
    }
    value.uptime = maybe(any_size());
    value.processes = maybe(any_size());
    return value;
  });
}

// Changes a text at a few places: other bytes, cuts, repeats. Sometimes leaves it alone.
inline void mutate(std::string& text) {
  for (int left = *rc::gen::inRange(0, 5); left > 0; --left) {
    const auto place = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    const auto length = *rc::gen::inRange<std::size_t>(0, 9);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: text.insert(place, *rc::gen::arbitrary<std::string>()); break;
      case 1: text.erase(place, length); break;
      case 2: text.insert(place, text.substr(place, length)); break;
      default:
        if (place < text.size()) {
          text[place] = *rc::gen::arbitrary<char>();
        }
    }
  }
}

}  // namespace atlas::test
