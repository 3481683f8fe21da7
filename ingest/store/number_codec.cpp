#include "ingest/store/number_codec.hpp"

#include "ingest/store/bit_io.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace atlas::ingest::store {

namespace {

using numbers = std::vector<std::int64_t>;

// Rice code of a number z with parameter k: z >> k ones, a zero, the lowest k bits. A number with `longest`
// or more ones is written in full instead.
constexpr unsigned longest = 24;
constexpr unsigned most_k = 31;
constexpr unsigned all_zero = 63;  // in place of k: no bits follow
constexpr unsigned orders = 3;

// Wraps around instead of overflowing; the decoder wraps back.
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

// What is left of each number when `order` says what it is compared with: 0 the least of all, 1 the number
// before, 2 the number before and its growth. The first `order` numbers are not among the differences.
struct differences {
  unsigned order = 0;
  std::array<std::int64_t, 2> start{};
  std::vector<std::uint64_t> rest;
  unsigned k = all_zero;
  std::uint64_t cost = 0;  // bits
};

std::uint64_t cost_of(const std::vector<std::uint64_t>& rest, unsigned k) {
  std::uint64_t bits = 0;
  for (const auto each : rest) {
    const auto ones = each >> k;
    bits += ones < longest ? ones + 1 + k : longest + 64;
  }
  return bits;
}

void choose_k(differences& found) {
  double sum = 0;
  for (const auto each : found.rest) {
    sum += static_cast<double>(each);
  }
  if (sum == 0) {
    found.k = all_zero;
    found.cost = 0;
    return;
  }
  const auto mean = sum / static_cast<double>(found.rest.size());
  const auto guess = std::clamp(static_cast<int>(std::log2(mean + 1)), 1, static_cast<int>(most_k) - 1);
  found.cost = std::numeric_limits<std::uint64_t>::max();
  for (int k = guess - 1; k <= guess + 1; ++k) {
    const auto cost = cost_of(found.rest, static_cast<unsigned>(k));
    if (cost < found.cost) {
      found.cost = cost;
      found.k = static_cast<unsigned>(k);
    }
  }
}

differences compare(const numbers& all, unsigned order) {
  differences found;
  found.order = order;
  found.rest.reserve(all.size());
  if (order == 0) {
    found.start[0] = *std::min_element(all.begin(), all.end());
    for (const auto each : all) {
      found.rest.push_back(static_cast<std::uint64_t>(minus(each, found.start[0])));
    }
  } else {
    found.start[0] = all[0];
    found.start[1] = order == 2 ? minus(all[1], all[0]) : 0;
    auto growth = found.start[1];
    for (std::size_t i = order; i < all.size(); ++i) {
      const auto step = minus(all[i], all[i - 1]);
      found.rest.push_back(zigzag(minus(step, growth)));
      growth = order == 2 ? step : 0;
    }
  }
  choose_k(found);
  return found;
}

void write_rest(const differences& found, bytes& out) {
  if (found.k == all_zero) {
    return;
  }
  bit_writer bits(out);
  for (const auto each : found.rest) {
    const auto ones = each >> found.k;
    if (ones < longest) {
      bits.bits((std::uint64_t{1} << ones) - 1, static_cast<unsigned>(ones) + 1);
      bits.bits(each, found.k);
    } else {
      bits.bits((std::uint64_t{1} << longest) - 1, longest);
      bits.bits(each, 32);
      bits.bits(each >> 32, 32);
    }
  }
  bits.finish();
}

std::uint64_t read_one(bit_reader& bits, unsigned k) {
  const auto ones = bits.ones(longest);
  if (ones < longest) {
    return (static_cast<std::uint64_t>(ones) << k) | bits.bits(k);
  }
  const auto low = bits.bits(32);
  return low | bits.bits(32) << 32;
}

void restore(numbers& all, unsigned order, std::array<std::int64_t, 2> start, bit_reader* bits, unsigned k) {
  const auto next = [&] { return bits == nullptr ? 0 : read_one(*bits, k); };
  if (order == 0) {
    for (auto& each : all) {
      each = plus(start[0], static_cast<std::int64_t>(next()));
    }
    return;
  }
  all[0] = start[0];
  auto growth = start[1];
  if (order == 2) {
    all[1] = plus(all[0], growth);
  }
  for (std::size_t i = order; i < all.size(); ++i) {
    const auto step = plus(growth, unzigzag(next()));
    all[i] = plus(all[i - 1], step);
    growth = order == 2 ? step : 0;
  }
}

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
  out.insert(out.end(), before.begin(), before.end());
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

void encode_numbers(const numbers& all, bytes& out) {
  if (all.empty()) {
    return;
  }
  auto best = compare(all, 0);
  for (unsigned order = 1; order < orders && order < all.size(); ++order) {
    auto other = compare(all, order);
    if (other.cost < best.cost) {
      best = std::move(other);
    }
  }
  byte_writer writer(out);
  writer.byte(static_cast<std::uint8_t>(best.order << 6 | best.k));
  writer.signed_number(best.start[0]);
  if (best.order == 2) {
    writer.signed_number(best.start[1]);
  }
  bytes bits;
  write_rest(best, bits);
  writer.block(bits);
}

numbers decode_numbers(byte_reader& in, std::size_t count) {
  numbers all(count);
  if (count == 0) {
    return all;
  }
  const auto header = in.byte();
  const unsigned order = header >> 6;
  const unsigned k = header & 63U;
  std::array<std::int64_t, 2> start{in.signed_number(), 0};
  if (order == 2) {
    start[1] = in.signed_number();
  }
  const auto content = in.block();
  if (!in.ok() || order >= orders || order > count || (k > most_k && k != all_zero)) {
    in.fail();
    return all;
  }
  bit_reader bits(content);
  restore(all, order, start, k == all_zero ? nullptr : &bits, k);
  if (!bits.ok()) {
    in.fail();
    all.assign(count, 0);
  }
  return all;
}

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
