#include "ingest/store/value_codec.hpp"

#include "ingest/store/number_codec.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace atlas::ingest::store {

namespace {

using numbers = std::vector<std::int64_t>;

// Ways of making whole numbers of floats.
enum class form : std::uint8_t { absent, decimal_0, decimal_1, decimal_2, decimal_3, binary, bits };
constexpr std::uint8_t has_gaps = 0x80;  // a bit for each row follows
constexpr std::array<double, 4> powers_of_ten{1, 10, 100, 1000};
constexpr double exact_limit = 9007199254740992;  // 2^53

std::int64_t ordered_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits & 0x8000'0000U) != 0 ? std::int64_t{~bits} : std::int64_t{bits | 0x8000'0000U};
}
float from_ordered_bits(std::int64_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits & 0x8000'0000U) != 0 ? bits & 0x7fff'ffffU : ~bits);
}

std::optional<std::int64_t> as_decimal(float value, unsigned digits) {
  const double scaled = std::nearbyint(static_cast<double>(value) * powers_of_ten[digits]);
  if (!(std::abs(scaled) < exact_limit) || static_cast<float>(scaled / powers_of_ten[digits]) != value) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(scaled);
}

// As whole numbers of the least number of digits that is enough for all.
std::optional<numbers> as_decimals(const std::vector<float>& values, unsigned& digits) {
  numbers made;
  made.reserve(values.size());
  for (std::size_t i = 0; i < values.size();) {
    const auto found = as_decimal(values[i], digits);
    if (found) {
      made.push_back(*found);
      ++i;
    } else if (++digits < powers_of_ten.size()) {
      made.clear();
      i = 0;
    } else {
      return std::nullopt;
    }
  }
  return made;
}

unsigned common_shift(const numbers& all) {
  std::uint64_t together = 0;
  for (const auto each : all) {
    together |= static_cast<std::uint64_t>(each);
  }
  return together == 0 ? 0 : static_cast<unsigned>(std::countr_zero(together));
}

bytes encode_as(form chosen, std::uint8_t flags, byte_view before, const numbers& made) {
  bytes out;
  out.push_back(static_cast<std::uint8_t>(static_cast<std::uint8_t>(chosen) | flags));
  for (const auto each : before) {
    out.push_back(each);
  }
  encode_numbers(made, out);
  return out;
}

bytes encode_present(const std::vector<float>& values, std::uint8_t flags, bytes before) {
  numbers as_bits;
  as_bits.reserve(values.size());
  for (const auto each : values) {
    as_bits.push_back(ordered_bits(each));
  }
  auto best = encode_as(form::bits, flags, before, as_bits);
  unsigned digits = 0;
  if (auto made = as_decimals(values, digits)) {
    auto chosen = static_cast<form>(static_cast<unsigned>(form::decimal_0) + digits);
    if (const auto shift = digits == 0 ? common_shift(*made) : 0; shift > 0) {
      chosen = form::binary;
      before.push_back(static_cast<std::uint8_t>(shift));
      for (auto& each : *made) {
        each >>= shift;
      }
    }
    if (auto other = encode_as(chosen, flags, before, *made); other.size() <= best.size()) {
      best = std::move(other);
    }
  }
  return best;
}

std::vector<float> decode_present(byte_reader& in, form chosen, std::size_t count) {
  std::vector<float> values(count);
  const unsigned shift = chosen == form::binary ? in.byte() : 0;
  if (shift > 62) {
    in.fail();
    return values;
  }
  const auto made = decode_numbers(in, count);
  const auto digits = static_cast<unsigned>(chosen) - static_cast<unsigned>(form::decimal_0);
  for (std::size_t i = 0; i < count; ++i) {
    if (chosen == form::bits) {
      values[i] = from_ordered_bits(made[i]);
    } else if (chosen == form::binary) {
      values[i] = static_cast<float>(static_cast<double>(made[i]) * static_cast<double>(1ULL << shift));
    } else {
      values[i] = static_cast<float>(static_cast<double>(made[i]) / powers_of_ten[digits]);
    }
  }
  return values;
}

}  // namespace

void encode_values(const std::vector<float>& values, bytes& out) {
  std::vector<float> present;
  present.reserve(values.size());
  for (const auto each : values) {
    if (!std::isnan(each)) {
      present.push_back(each);
    }
  }
  if (present.empty()) {
    out.push_back(static_cast<std::uint8_t>(form::absent));
    return;
  }
  bytes gaps;
  if (present.size() < values.size()) {
    gaps.resize((values.size() + 7) / 8);
    for (std::size_t i = 0; i < values.size(); ++i) {
      gaps[i / 8] |= static_cast<std::uint8_t>(std::isnan(values[i]) ? 0 : 1U << i % 8);
    }
  }
  const auto made = encode_present(present, gaps.empty() ? 0 : has_gaps, gaps);
  out.insert(out.end(), made.begin(), made.end());
}

std::vector<float> decode_values(byte_reader& in, std::size_t count) {
  std::vector<float> values(count, std::numeric_limits<float>::quiet_NaN());
  const auto header = in.byte();
  const auto chosen = static_cast<form>(header & ~has_gaps);
  if (chosen > form::bits) {
    in.fail();
  }
  if (!in.ok() || chosen == form::absent) {
    return values;
  }
  if ((header & has_gaps) == 0) {
    return decode_present(in, chosen, count);
  }
  const auto gaps = in.take((count + 7) / 8);
  if (!in.ok()) {
    return values;
  }
  const auto is_there = [&](std::size_t i) { return (gaps[i / 8] >> i % 8 & 1) != 0; };
  std::size_t there = 0;
  for (std::size_t i = 0; i < count; ++i) {
    there += is_there(i) ? 1 : 0;
  }
  const auto present = decode_present(in, chosen, there);
  auto next = present.begin();
  for (std::size_t i = 0; i < count; ++i) {
    if (is_there(i)) {
      values[i] = *next++;
    }
  }
  return values;
}

}  // namespace atlas::ingest::store
