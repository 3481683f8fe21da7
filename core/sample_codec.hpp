#pragma once

#include "core/sample.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace atlas {

// Why a payload was rejected. The names are the `reason` label of atlas_samples_rejected_total.
enum class rejection {
  too_large,   // over max_payload_bytes
  not_utf8,    // the payload is not valid UTF-8
  not_json,    // not one complete JSON value
  too_deep,    // nested deeper than max_depth
  wrong_type,  // a member has another JSON type than the contract says, or the payload is no object or array
  missing_member,      // v, ts, cpu.percent or memory.percent is absent
  out_of_range,        // a number outside its range, or a text that is too long
  too_many,            // more array elements than the limits allow
  unsupported_version  // v is not 1
};

inline constexpr std::array all_rejections{
    rejection::too_large,    rejection::not_utf8,   rejection::not_json,
    rejection::too_deep,     rejection::wrong_type, rejection::missing_member,
    rejection::out_of_range, rejection::too_many,   rejection::unsupported_version};

std::string_view to_string(rejection reason);

struct sample_limits {
  static constexpr std::size_t max_payload_bytes = std::size_t{64} * 1024;
  static constexpr std::size_t max_depth = 8;
  static constexpr std::size_t max_samples = 1000;   // in one array
  static constexpr std::size_t max_elements = 1024;  // cores, disks, interfaces or temperatures of one sample
  static constexpr std::size_t max_text = 256;       // bytes of a mount, device, interface or sensor name
};

// Turns payloads into samples; a payload is taken whole or rejected whole. Keeps its parse buffers between
// calls: use one decoder per thread. Never throws on any input.
class sample_decoder {
 public:
  sample_decoder();
  ~sample_decoder();
  sample_decoder(sample_decoder&&) noexcept;
  sample_decoder& operator=(sample_decoder&&) noexcept;

  // Appends the one sample of an object payload, or all samples of an array payload, to `out`, in payload
  // order. On a rejection `out` is unchanged.
  tl::expected<void, rejection> decode(std::string_view payload, std::vector<sample>& out);

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

// One sample as a JSON object with "v":1. Absent optionals and empty vectors are left out.
std::string encode_sample(const sample& value);

// The members of a sample without the braces and without v, ts, seq, boot and interval
// ("cpu":{…},"memory":{…},…), appended to `out`: what the live protocol shows of a host.
void append_sample_members(std::string& out, const sample& value);

}  // namespace atlas
