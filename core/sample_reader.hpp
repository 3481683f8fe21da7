#pragma once

#include "core/sample_codec.hpp"
#include "core/sample_range.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace atlas {

// Fills samples from a parsed document. Every function returns false after the first fault and leaves its
// reason in reason(). A member that is null counts as absent; of repeated members the last one counts.
class sample_reader {
 public:
  bool read(const simdjson::dom::element& root, std::vector<sample>& out);
  rejection reason() const { return reason_; }

 private:
  bool fail(rejection reason);

  bool read_sample(const simdjson::dom::object& from, std::size_t depth, sample& out);
  bool read_members(const simdjson::dom::object& from, sample& out);
  bool explain_by_version(const simdjson::dom::object& from);

  bool read_version(const simdjson::dom::element& value);
  bool read_cpu(const simdjson::dom::element& value, cpu_sample& out);
  bool read_load(const simdjson::dom::element& value, std::array<double, 3>& out);
  bool read_memory(const simdjson::dom::element& value, memory_sample& out);
  bool read_disk(const simdjson::dom::element& value, disk_sample& out);
  bool read_network(const simdjson::dom::element& value, network_sample& out);
  bool read_temperature(const simdjson::dom::element& value, temperature_sample& out);
  bool read_battery(const simdjson::dom::element& value, battery_sample& out);

  bool as_object(const simdjson::dom::element& value, simdjson::dom::object& out);
  bool as_double(const simdjson::dom::element& value, double& out);
  template <class Read>
  bool members(const simdjson::dom::element& value, std::size_t depth, Read read_member);
  template <class Element>
  bool list(const simdjson::dom::element& value, std::vector<Element>& out,
            bool (sample_reader::*read_element)(const simdjson::dom::element&, Element&));

  bool number(const simdjson::dom::element& value, number_range range, double& out);
  bool percent(const simdjson::dom::element& value, double& out) { return number(value, percent_range, out); }
  bool rate(const simdjson::dom::element& value, double& out) { return number(value, rate_range, out); }
  bool interval(const simdjson::dom::element& value, double& out);
  bool whole(const simdjson::dom::element& value, std::uint64_t most, std::uint64_t& out);
  bool size(const simdjson::dom::element& value, std::uint64_t& out) {
    return whole(value, max_size_value, out);
  }
  bool time(const simdjson::dom::element& value, unix_ms& out);
  bool boolean(const simdjson::dom::element& value, bool& out);
  bool text(const simdjson::dom::element& value, std::size_t max_bytes, std::string& out);
  bool name(const simdjson::dom::element& value, std::string& out);
  bool unknown(const simdjson::dom::element& value, std::size_t depth);

  std::size_t depth_ =
      1;  // the level of nesting of the sample's object; the payload's own value is at level 1
  rejection reason_ = rejection::not_json;
};

}  // namespace atlas
