#include "ingest/store/block_codec.hpp"
#include "ingest/store/seq_set.hpp"
#include "ingest/store/tail_chunk.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas::ingest::store;

// What is stored may be damaged: it is read as an error, or as something that can be written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view content(data, size);
  if (const auto block = decode_block(content)) {
    atlas::fuzz::require(count_rows(content) && *count_rows(content) == block->rows());
    for (const auto& column : block->columns) {
      atlas::fuzz::require(column.mean.size() == block->rows());
    }
    const auto again = decode_block(encode_block(*block));
    atlas::fuzz::require(again && again->times == block->times && again->counts == block->counts);
    if (block->level == tier::raw && block->rows() > 0) {
      roll_up(*block, tier::minute);
    } else {
      merge(*block, *block);
    }
    slice(*block, block->rows() > 0 ? block->times.front() : 0, 1'764'000'000'000);
  }
  decode_column(content, 1);
  std::size_t samples = 0;
  (void)read_chunk(content, [&](const chunk_sample& each) { samples += each.values.size(); });
  byte_reader in(content);
  const auto numbers = seq_set::read(in);
  atlas::fuzz::require(in.ok() || numbers.empty());
  numbers.missing(64, size);
  return 0;
}
