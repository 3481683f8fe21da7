#pragma once

#include "ingest/store/byte_io.hpp"

#include <cstddef>
#include <vector>

namespace atlas::ingest::store {

// A column of 32-bit floats, NaN where there is no value: exact. Decimals of at most three digits and
// multiples of a power of two become whole numbers first.
void encode_values(const std::vector<float>& values, bytes& out);
std::vector<float> decode_values(byte_reader& in, std::size_t count);

}  // namespace atlas::ingest::store
