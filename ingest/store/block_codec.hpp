#pragma once

#include "core/error.hpp"
#include "ingest/store/block.hpp"
#include "ingest/store/byte_io.hpp"

#include <cstddef>
#include <cstdint>

namespace atlas::ingest::store {

// A block as bytes: a directory of columns, so that one metric is read without the others. The first byte is
// the version of the format; a damaged block or one of another version gives an error, whose `what` says so.
bytes encode_block(const history_block& block);
result<history_block> decode_block(byte_view content);
// With that one column, or none when the block has no such metric.
result<history_block> decode_column(byte_view content, std::uint32_t metric);
// How many rows it has; the first few bytes are enough.
result<std::size_t> count_rows(byte_view content);

}  // namespace atlas::ingest::store
