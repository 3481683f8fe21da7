#include "ingest/store/block_codec.hpp"

#include "ingest/store/number_codec.hpp"
#include "ingest/store/value_codec.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace atlas::ingest::store {

namespace {

constexpr std::uint8_t version = 1;
// More than any block that is written has; a damaged one cannot ask for more memory.
constexpr std::size_t most_rows = 1'000'000;
constexpr std::size_t most_columns = 65'536;
constexpr std::size_t most_cells = 64'000'000;

// Of a column of buckets.
constexpr std::uint8_t has_counts = 1;  // they are not those of the whole block
constexpr std::uint8_t has_range = 2;   // some bucket of several samples has least and most of its own

using numbers = std::vector<std::int64_t>;

numbers widened(const std::vector<std::uint32_t>& counts) { return {counts.begin(), counts.end()}; }

std::vector<std::uint32_t> narrowed(const numbers& wide, byte_reader& in) {
  std::vector<std::uint32_t> counts;
  counts.reserve(wide.size());
  for (const auto each : wide) {
    if (each < 0 || each > std::numeric_limits<std::uint32_t>::max()) {
      in.fail();
    }
    counts.push_back(static_cast<std::uint32_t>(each));
  }
  return counts;
}

// Those of buckets with more than one sample: in the others least and most are the mean.
std::vector<float> of_several(const std::vector<float>& values, const std::vector<std::uint32_t>& counts) {
  std::vector<float> chosen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (counts[i] > 1) {
      chosen.push_back(values[i]);
    }
  }
  return chosen;
}

void encode_column(const block_column& column, const history_block& block, bytes& out) {
  if (block.level == tier::raw) {
    return encode_values(column.mean, out);
  }
  const bool counts = column.counts != block.counts;
  const bool range = column.least != column.mean || column.most != column.mean;
  out.push_back(static_cast<std::uint8_t>((counts ? has_counts : 0) | (range ? has_range : 0)));
  encode_values(column.mean, out);
  if (counts) {
    encode_numbers(widened(column.counts), out);
  }
  if (range) {
    encode_values(of_several(column.least, column.counts), out);
    encode_values(of_several(column.most, column.counts), out);
  }
}

void spread(const std::vector<float>& chosen, const std::vector<std::uint32_t>& counts,
            std::vector<float>& out) {
  auto next = chosen.begin();
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (counts[i] > 1) {
      out[i] = *next++;
    }
  }
}

block_column decode_body(byte_reader in, const history_block& block, std::uint32_t metric, bool& ok) {
  block_column column;
  column.metric = metric;
  const auto rows = block.rows();
  if (block.level == tier::raw) {
    column.mean = decode_values(in, rows);
  } else {
    const auto flags = in.byte();
    column.mean = decode_values(in, rows);
    column.counts = (flags & has_counts) != 0 ? narrowed(decode_numbers(in, rows), in) : block.counts;
    column.least = column.most = column.mean;
    if ((flags & has_range) != 0 && in.ok()) {
      const auto several = static_cast<std::size_t>(
          std::count_if(column.counts.begin(), column.counts.end(), [](auto each) { return each > 1; }));
      spread(decode_values(in, several), column.counts, column.least);
      spread(decode_values(in, several), column.counts, column.most);
    }
  }
  ok = in.ok();
  return column;
}

struct head {
  tier level = tier::raw;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

std::optional<head> read_head(byte_reader& in) {
  if (in.byte() != version) {
    return std::nullopt;
  }
  const auto level = in.byte();
  head found{static_cast<tier>(level), in.count(most_rows), in.count(most_columns)};
  if (!in.ok() || level > static_cast<std::uint8_t>(tier::hour) ||
      (found.columns > 0 && found.rows > most_cells / found.columns)) {
    return std::nullopt;
  }
  return found;
}

tl::unexpected<error> damaged() {
  return failure("history block", "is damaged, or was written by a newer version");
}

result<history_block> decode(byte_view content, std::optional<std::uint32_t> only) {
  byte_reader in(content);
  const auto found = read_head(in);
  if (!found) {
    return damaged();
  }
  history_block block;
  block.level = found->level;
  byte_reader times(in.block());
  byte_reader counts(in.block());
  block.times = decode_numbers(times, found->rows);
  if (block.level != tier::raw) {
    block.counts = narrowed(decode_numbers(counts, found->rows), counts);
  }
  if (!in.ok() || !times.ok() || !counts.ok() || !std::is_sorted(block.times.begin(), block.times.end())) {
    return damaged();
  }
  byte_reader directory(in.block());
  std::uint64_t metric = 0;
  for (std::size_t i = 0; i < found->columns; ++i) {
    const auto step = directory.number();
    metric += step;
    const auto body = in.take(directory.count(in.left()));
    if (!in.ok() || !directory.ok() || (i > 0 && step == 0) ||
        step > std::numeric_limits<std::uint32_t>::max() ||
        metric > std::numeric_limits<std::uint32_t>::max()) {
      return damaged();
    }
    if (only && metric != *only) {
      continue;
    }
    bool ok = true;
    block.columns.push_back(decode_body(byte_reader(body), block, static_cast<std::uint32_t>(metric), ok));
    if (!ok) {
      return damaged();
    }
  }
  return block;
}

}  // namespace

bytes encode_block(const history_block& block) {
  bytes out;
  byte_writer writer(out);
  writer.byte(version);
  writer.byte(static_cast<std::uint8_t>(block.level));
  writer.number(block.rows());
  writer.number(block.columns.size());
  bytes part;
  encode_numbers(block.times, part);
  writer.block(part);
  part.clear();
  encode_numbers(widened(block.counts), part);
  writer.block(part);

  bytes directory;
  bytes bodies;
  byte_writer entries(directory);
  std::uint32_t before = 0;
  for (const auto& column : block.columns) {
    const auto begin = bodies.size();
    encode_column(column, block, bodies);
    entries.number(column.metric - before);
    entries.number(bodies.size() - begin);
    before = column.metric;
  }
  writer.block(directory);
  writer.append(bodies);
  return out;
}

result<history_block> decode_block(byte_view content) { return decode(content, std::nullopt); }

result<history_block> decode_column(byte_view content, std::uint32_t metric) {
  return decode(content, metric);
}

result<std::size_t> count_rows(byte_view content) {
  byte_reader in(content);
  const auto found = read_head(in);
  if (!found) {
    return damaged();
  }
  return found->rows;
}

}  // namespace atlas::ingest::store
