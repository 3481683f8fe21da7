#include "core/sample_reader.hpp"

#include <cmath>
#include <limits>

namespace atlas {

namespace dom = simdjson::dom;

bool sample_reader::read(const dom::element& root, std::vector<sample>& out) {
  dom::object object;
  if (root.get_object().get(object) == simdjson::SUCCESS) {
    return read_sample(object, 1, out.emplace_back());
  }
  dom::array array;
  if (root.get_array().get(array) != simdjson::SUCCESS || array.size() == 0) {
    return fail(rejection::wrong_type);
  }
  if (array.size() > sample_limits::max_samples) {
    return fail(rejection::too_many);
  }
  for (const dom::element element : array) {
    if (!as_object(element, object) || !read_sample(object, 2, out.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool sample_reader::fail(rejection reason) {
  reason_ = reason;
  return false;
}

// `depth` is the level of nesting of `object`, the payload's own value being at level 1.
bool sample_reader::read_sample(const dom::object& object, std::size_t depth, sample& out) {
  depth_ = depth;
  return read_members(object, out) || explain_by_version(object);
}

// A later version may change anything else, so a foreign version is the reason that is told first.
bool sample_reader::explain_by_version(const dom::object& object) {
  for (const auto member : object) {
    double version = 1;
    if (member.key == "v" && member.value.get_double().get(version) == simdjson::SUCCESS && version != 1) {
      reason_ = rejection::unsupported_version;
    }
  }
  return false;
}

bool sample_reader::read_members(const dom::object& object, sample& out) {
  bool has_version = false;
  bool has_ts = false;
  bool has_cpu = false;
  bool has_memory = false;
  for (const auto member : object) {
    const auto& value = member.value;
    if (value.is_null()) {
      continue;
    }
    const auto key = member.key;
    bool good = true;
    if (key == "v") {
      good = has_version = read_version(value);
    } else if (key == "ts") {
      good = has_ts = time(value, out.ts);
    } else if (key == "seq") {
      good = whole(value, ~std::uint64_t{0}, out.seq.emplace());
    } else if (key == "skipped") {
      std::uint64_t skipped = 0;
      good = whole(value, std::numeric_limits<std::uint32_t>::max(), skipped);
      out.skipped = static_cast<std::uint32_t>(skipped);
    } else if (key == "boot") {
      good = text(value, max_boot_bytes, out.boot);
    } else if (key == "interval") {
      good = interval(value, out.interval.emplace());
    } else if (key == "cpu") {
      good = has_cpu = read_cpu(value, out.cpu);
    } else if (key == "memory") {
      good = has_memory = read_memory(value, out.memory);
    } else if (key == "disks") {
      good = list(value, out.disks, &sample_reader::read_disk);
    } else if (key == "network") {
      good = list(value, out.network, &sample_reader::read_network);
    } else if (key == "temperatures") {
      good = list(value, out.temperatures, &sample_reader::read_temperature);
    } else if (key == "battery") {
      good = read_battery(value, out.battery.emplace());
    } else if (key == "uptime") {
      good = whole(value, max_size_value, out.uptime.emplace());
    } else if (key == "processes") {
      good = whole(value, max_size_value, out.processes.emplace());
    } else {
      good = unknown(value, depth_ + 1);
    }
    if (!good) {
      return false;
    }
  }
  return (has_version && has_ts && has_cpu && has_memory) || fail(rejection::missing_member);
}

bool sample_reader::read_version(const dom::element& value) {
  double version = 0;
  return as_double(value, version) && (version == 1 || fail(rejection::unsupported_version));
}

bool sample_reader::read_cpu(const dom::element& value, cpu_sample& out) {
  out = {};
  bool has_percent = false;
  return members(value, depth_ + 1,
                 [&](std::string_view key, const dom::element& member) {
                   if (key == "percent") {
                     return has_percent = percent(member, out.percent);
                   }
                   if (key == "cores") {
                     return list(member, out.cores, &sample_reader::percent);
                   }
                   if (key == "load") {
                     return read_load(member, out.load.emplace());
                   }
                   if (key == "iowait") {
                     return percent(member, out.iowait.emplace());
                   }
                   if (key == "steal") {
                     return percent(member, out.steal.emplace());
                   }
                   return unknown(member, depth_ + 2);
                 }) &&
         (has_percent || fail(rejection::missing_member));
}

bool sample_reader::read_load(const dom::element& value, std::array<double, 3>& out) {
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS || array.size() != out.size()) {
    return fail(rejection::wrong_type);
  }
  auto next = out.begin();
  for (const dom::element element : array) {
    if (!number(element, load_range, *next++)) {
      return false;
    }
  }
  return true;
}

bool sample_reader::read_memory(const dom::element& value, memory_sample& out) {
  out = {};
  bool has_percent = false;
  return members(value, depth_ + 1,
                 [&](std::string_view key, const dom::element& member) {
                   if (key == "percent") {
                     return has_percent = percent(member, out.percent);
                   }
                   if (key == "total") {
                     return size(member, out.total.emplace());
                   }
                   if (key == "used") {
                     return size(member, out.used.emplace());
                   }
                   if (key == "available") {
                     return size(member, out.available.emplace());
                   }
                   if (key == "swap_total") {
                     return size(member, out.swap_total.emplace());
                   }
                   if (key == "swap_used") {
                     return size(member, out.swap_used.emplace());
                   }
                   return unknown(member, depth_ + 2);
                 }) &&
         (has_percent || fail(rejection::missing_member));
}

bool sample_reader::read_disk(const dom::element& value, disk_sample& out) {
  bool has_percent = false;
  return members(value, depth_ + 2,
                 [&](std::string_view key, const dom::element& member) {
                   if (key == "mount") {
                     return name(member, out.mount);
                   }
                   if (key == "device") {
                     return text(member, sample_limits::max_text, out.device);
                   }
                   if (key == "fs") {
                     return text(member, sample_limits::max_text, out.fs);
                   }
                   if (key == "total") {
                     return size(member, out.total);
                   }
                   if (key == "used") {
                     return size(member, out.used);
                   }
                   if (key == "percent") {
                     return has_percent = percent(member, out.percent);
                   }
                   if (key == "read_bps") {
                     return rate(member, out.read_bps.emplace());
                   }
                   if (key == "write_bps") {
                     return rate(member, out.write_bps.emplace());
                   }
                   return unknown(member, depth_ + 3);
                 }) &&
         ((has_percent && !out.mount.empty()) || fail(rejection::missing_member));
}

bool sample_reader::read_network(const dom::element& value, network_sample& out) {
  return members(value, depth_ + 2,
                 [&](std::string_view key, const dom::element& member) {
                   if (key == "name") {
                     return name(member, out.name);
                   }
                   if (key == "rx_bps") {
                     return rate(member, out.rx_bps);
                   }
                   if (key == "tx_bps") {
                     return rate(member, out.tx_bps);
                   }
                   return unknown(member, depth_ + 3);
                 }) &&
         (!out.name.empty() || fail(rejection::missing_member));
}

bool sample_reader::read_temperature(const dom::element& value, temperature_sample& out) {
  bool has_celsius = false;
  return members(value, depth_ + 2,
                 [&](std::string_view key, const dom::element& member) {
                   if (key == "name") {
                     return name(member, out.name);
                   }
                   if (key == "celsius") {
                     return has_celsius = number(member, celsius_range, out.celsius);
                   }
                   return unknown(member, depth_ + 3);
                 }) &&
         ((has_celsius && !out.name.empty()) || fail(rejection::missing_member));
}

bool sample_reader::read_battery(const dom::element& value, battery_sample& out) {
  bool has_percent = false;
  return members(value, depth_ + 1,
                 [&](std::string_view key, const dom::element& member) {
                   if (key == "percent") {
                     return has_percent = percent(member, out.percent);
                   }
                   if (key == "charging") {
                     return boolean(member, out.charging);
                   }
                   return unknown(member, depth_ + 2);
                 }) &&
         (has_percent || fail(rejection::missing_member));
}

bool sample_reader::as_object(const dom::element& value, dom::object& out) {
  return value.get_object().get(out) == simdjson::SUCCESS || fail(rejection::wrong_type);
}

bool sample_reader::as_double(const dom::element& value, double& out) {
  return value.get_double().get(out) == simdjson::SUCCESS || fail(rejection::wrong_type);
}

// Calls read_member(key, value) for each member of an object that is not null, until one is faulty.
template <class Read>
bool sample_reader::members(const dom::element& value, std::size_t depth, Read read_member) {
  dom::object object;
  if (depth > sample_limits::max_depth) {
    return fail(rejection::too_deep);
  }
  if (!as_object(value, object)) {
    return false;
  }
  for (const auto member : object) {
    if (!member.value.is_null() && !read_member(member.key, member.value)) {
      return false;
    }
  }
  return true;
}

template <class Element>
bool sample_reader::list(const dom::element& value, std::vector<Element>& out,
                         bool (sample_reader::*read_element)(const dom::element&, Element&)) {
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return fail(rejection::wrong_type);
  }
  if (array.size() > sample_limits::max_elements) {
    return fail(rejection::too_many);
  }
  out.clear();
  out.reserve(array.size());
  for (const dom::element element : array) {
    if (!(this->*read_element)(element, out.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool sample_reader::number(const dom::element& value, number_range range, double& out) {
  return as_double(value, out) && (range.contains(out) || fail(rejection::out_of_range));
}

bool sample_reader::interval(const dom::element& value, double& out) {
  return number(value, {0, longest_interval}, out) && (out > 0 || fail(rejection::out_of_range));
}

// Publishers in languages with one number type write 5 as 5.0: that is a whole number too.
bool sample_reader::whole(const dom::element& value, std::uint64_t most, std::uint64_t& out) {
  constexpr double beyond = 0x1p64;
  double real = 0;
  if (value.get_uint64().get(out) != simdjson::SUCCESS) {
    if (!as_double(value, real)) {
      return false;
    }
    if (!(real >= 0 && real < beyond)) {
      return fail(rejection::out_of_range);
    }
    if (real != std::floor(real)) {
      return fail(rejection::wrong_type);
    }
    out = static_cast<std::uint64_t>(real);
  }
  return out <= most || fail(rejection::out_of_range);
}

bool sample_reader::time(const dom::element& value, unix_ms& out) {
  std::uint64_t ms = 0;
  if (!whole(value, static_cast<std::uint64_t>(to_int(latest_ts)), ms)) {
    return false;
  }
  out = from_unix_ms(static_cast<std::int64_t>(ms));
  return out >= earliest_ts || fail(rejection::out_of_range);
}

bool sample_reader::boolean(const dom::element& value, bool& out) {
  return value.get_bool().get(out) == simdjson::SUCCESS || fail(rejection::wrong_type);
}

bool sample_reader::text(const dom::element& value, std::size_t max_bytes, std::string& out) {
  std::string_view view;
  if (value.get_string().get(view) != simdjson::SUCCESS) {
    return fail(rejection::wrong_type);
  }
  if (view.size() > max_bytes || view.find('\0') != std::string_view::npos) {
    return fail(rejection::out_of_range);
  }
  out = view;
  return true;
}

bool sample_reader::name(const dom::element& value, std::string& out) {
  return text(value, sample_limits::max_text, out) && (!out.empty() || fail(rejection::out_of_range));
}

// The parser's own limit lets an empty list or object through one level below it.
bool sample_reader::unknown(const dom::element& value, std::size_t depth) {
  dom::array array;
  if (value.get_array().get(array) == simdjson::SUCCESS) {
    for (const dom::element element : array) {
      if (!unknown(element, depth + 1)) {
        return false;
      }
    }
    return depth <= sample_limits::max_depth || fail(rejection::too_deep);
  }
  dom::object object;
  if (value.get_object().get(object) == simdjson::SUCCESS) {
    for (const auto member : object) {
      if (!unknown(member.value, depth + 1)) {
        return false;
      }
    }
    return depth <= sample_limits::max_depth || fail(rejection::too_deep);
  }
  return true;
}

}  // namespace atlas
