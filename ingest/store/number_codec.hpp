#pragma once

#include "ingest/store/byte_io.hpp"

#include <cstdint>
#include <vector>

namespace atlas::ingest::store {

// A column of whole numbers as the differences that are smallest (from its least value, from the number
// before, or between such differences), in Rice code: noise costs about its entropy, a steady column two
// bytes. The count is not part of it.
void encode_numbers(const std::vector<std::int64_t>& numbers, bytes& out);
// Nothing but zeros, and in.ok() is false, when the input is damaged.
std::vector<std::int64_t> decode_numbers(byte_reader& in, std::size_t count);

}  // namespace atlas::ingest::store
