#include "core/sample_codec.hpp"
#include "core/sample_range.hpp"

#include <cmath>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <simdjson.h>

namespace atlas {

namespace {

namespace dom = simdjson::dom;

// Fills samples from a parsed document. Every function returns false after the first fault and leaves its
// reason in reason(). A member that is null counts as absent; of repeated members the last one counts.
class sample_reader {
 public:
  rejection reason() const { return reason_; }

  bool read(const dom::element& root, std::vector<sample>& out) {
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

 private:
  bool fail(rejection reason) {
    reason_ = reason;
    return false;
  }

  // `depth` is the level of nesting of `object`, the payload's own value being at level 1.
  bool read_sample(const dom::object& object, std::size_t depth, sample& out) {
    depth_ = depth;
    return read_members(object, out) || explain_by_version(object);
  }

  // A later version may change anything else, so a foreign version is the reason that is told first.
  bool explain_by_version(const dom::object& object) {
    for (const auto member : object) {
      double version = 1;
      if (member.key == "v" && member.value.get_double().get(version) == simdjson::SUCCESS && version != 1) {
        reason_ = rejection::unsupported_version;
      }
    }
    return false;
  }

  bool read_members(const dom::object& object, sample& out) {
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

  bool read_version(const dom::element& value) {
    double version = 0;
    return as_double(value, version) && (version == 1 || fail(rejection::unsupported_version));
  }

  bool read_cpu(const dom::element& value, cpu_sample& out) {
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

  bool read_load(const dom::element& value, std::array<double, 3>& out) {
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

  bool read_memory(const dom::element& value, memory_sample& out) {
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

  bool read_disk(const dom::element& value, disk_sample& out) {
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

  bool read_network(const dom::element& value, network_sample& out) {
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

  bool read_temperature(const dom::element& value, temperature_sample& out) {
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

  bool read_battery(const dom::element& value, battery_sample& out) {
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

  bool as_object(const dom::element& value, dom::object& out) {
    return value.get_object().get(out) == simdjson::SUCCESS || fail(rejection::wrong_type);
  }

  bool as_double(const dom::element& value, double& out) {
    return value.get_double().get(out) == simdjson::SUCCESS || fail(rejection::wrong_type);
  }

  // Calls read_member(key, value) for each member of an object that is not null, until one is faulty.
  template <class Read>
  bool members(const dom::element& value, std::size_t depth, Read read_member) {
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
  bool list(const dom::element& value, std::vector<Element>& out,
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

  bool number(const dom::element& value, number_range range, double& out) {
    return as_double(value, out) && (range.contains(out) || fail(rejection::out_of_range));
  }
  bool percent(const dom::element& value, double& out) { return number(value, percent_range, out); }
  bool rate(const dom::element& value, double& out) { return number(value, rate_range, out); }
  bool interval(const dom::element& value, double& out) {
    return number(value, {0, longest_interval}, out) && (out > 0 || fail(rejection::out_of_range));
  }

  // Publishers in languages with one number type write 5 as 5.0: that is a whole number too.
  bool whole(const dom::element& value, std::uint64_t most, std::uint64_t& out) {
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
  bool size(const dom::element& value, std::uint64_t& out) { return whole(value, max_size_value, out); }

  bool time(const dom::element& value, unix_ms& out) {
    std::uint64_t ms = 0;
    if (!whole(value, static_cast<std::uint64_t>(to_int(latest_ts)), ms)) {
      return false;
    }
    out = from_unix_ms(static_cast<std::int64_t>(ms));
    return out >= earliest_ts || fail(rejection::out_of_range);
  }

  bool boolean(const dom::element& value, bool& out) {
    return value.get_bool().get(out) == simdjson::SUCCESS || fail(rejection::wrong_type);
  }

  bool text(const dom::element& value, std::size_t max_bytes, std::string& out) {
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

  bool name(const dom::element& value, std::string& out) {
    return text(value, sample_limits::max_text, out) && (!out.empty() || fail(rejection::out_of_range));
  }

  // The parser's own limit lets an empty list or object through one level below it.
  bool unknown(const dom::element& value, std::size_t depth) {
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

  std::size_t depth_ = 1;
  rejection reason_ = rejection::not_json;
};

// Tells a number that no double can hold from one that is no number, which the fast parser does not.
class number_judge : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool out_of_range() const { return out_of_range_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t& text) override {
    // An integer comes as a float when it fits no 64 bits.
    out_of_range_ = out_of_range_ || text.find_first_of(".eE") == string_t::npos;
    return true;
  }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& fault) override {
    constexpr int number_overflow = 406;
    out_of_range_ = fault.id == number_overflow;
    return false;
  }

 private:
  bool out_of_range_ = false;
};

rejection judge_number(std::string_view payload) {
  number_judge judge;
  nlohmann::json::sax_parse(payload.begin(), payload.end(), &judge);
  return judge.out_of_range() ? rejection::out_of_range : rejection::not_json;
}

rejection explain(simdjson::error_code code, std::string_view payload) {
  // Whatever else is wrong with it: text that is not UTF-8 is no JSON text at all.
  if (!simdjson::validate_utf8(payload.data(), payload.size())) {
    return rejection::not_utf8;
  }
  if (code == simdjson::DEPTH_ERROR) {
    return rejection::too_deep;
  }
  return code == simdjson::NUMBER_ERROR ? judge_number(payload) : rejection::not_json;
}

}  // namespace

std::string_view to_string(rejection reason) {
  switch (reason) {
    case rejection::too_large: return "too_large";
    case rejection::not_utf8: return "not_utf8";
    case rejection::not_json: return "not_json";
    case rejection::too_deep: return "too_deep";
    case rejection::wrong_type: return "wrong_type";
    case rejection::missing_member: return "missing_member";
    case rejection::out_of_range: return "out_of_range";
    case rejection::too_many: return "too_many";
    case rejection::unsupported_version: return "unsupported_version";
  }
  return "";
}

struct sample_decoder::parser {
  parser() : json(sample_limits::max_payload_bytes) {
    // simdjson refuses a container when its level reaches the depth it is given.
    if (json.allocate(first_capacity, sample_limits::max_depth + 1) != simdjson::SUCCESS) {
      throw std::bad_alloc();
    }
  }

  static constexpr std::size_t first_capacity = 4096;  // grows with the payloads
  dom::parser json;
};

sample_decoder::sample_decoder() : parser_(std::make_unique<parser>()) {}
sample_decoder::~sample_decoder() = default;
sample_decoder::sample_decoder(sample_decoder&&) noexcept = default;
sample_decoder& sample_decoder::operator=(sample_decoder&&) noexcept = default;

tl::expected<void, rejection> sample_decoder::decode(std::string_view payload, std::vector<sample>& out) {
  if (payload.size() > sample_limits::max_payload_bytes) {
    return tl::unexpected(rejection::too_large);
  }
  dom::element root;
  const auto code = parser_->json.parse(payload.data(), payload.size()).get(root);
  if (code != simdjson::SUCCESS) {
    return tl::unexpected(explain(code, payload));
  }
  const auto before = out.size();
  sample_reader reader;
  if (!reader.read(root, out)) {
    out.resize(before);
    return tl::unexpected(reader.reason());
  }
  return {};
}

}  // namespace atlas
