#include "ingest/store/number_codec.hpp"

#include "ingest/store/bit_io.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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

}  // namespace atlas::ingest::store
