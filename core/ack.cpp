#include "core/ack.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"
#include "core/sample_range.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace atlas {

namespace {

std::vector<seq_range> read_missing(json_object& object, std::uint64_t seq) {
  std::vector<seq_range> ranges;
  for (const auto& [from, to] : object.pairs("missing", sample_ack::max_missing)) {
    const bool in_order = ranges.empty() || from > ranges.back().to;
    if (!in_order || from > to || to > seq) {
      object.add_mistake(fmt::format("missing/{}", ranges.size()),
                         "must begin behind the one before it, and end at seq at the latest");
      return {};
    }
    ranges.push_back({from, to});
  }
  return ranges;
}

}  // namespace

bool sample_ack::covers(std::uint64_t number) const {
  const auto behind =
      std::upper_bound(missing.begin(), missing.end(), number,
                       [](std::uint64_t n, const seq_range& range) { return n < range.from; });
  const bool is_missing = behind != missing.begin() && number <= std::prev(behind)->to;
  return number <= seq && !is_missing;
}

std::string format_ack(const sample_ack& ack) {
  const auto count = std::min(ack.missing.size(), sample_ack::max_missing);
  const auto seq = count < ack.missing.size() ? ack.missing[count].from - 1 : ack.seq;
  std::string out = R"({"boot":)";
  append_json_string(out, ack.boot);
  out += R"(,"seq":)";
  append_json_integer(out, seq);
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? R"(,"missing":[[)" : ",[";
    append_json_integer(out, ack.missing[i].from);
    out += ',';
    append_json_integer(out, ack.missing[i].to);
    out += ']';
  }
  out += count > 0 ? "]}" : "}";
  return out;
}

result<sample_ack> parse_ack(std::string_view payload) {
  json_object object(payload, sample_ack::max_bytes);
  object.require("boot");
  object.require("seq");
  sample_ack ack{object.text("boot", max_boot_bytes), object.whole("seq"), {}};
  if (ack.boot.empty()) {
    object.add_mistake("boot", "must not be empty");
  }
  ack.missing = read_missing(object, ack.seq);
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return ack;
}

}  // namespace atlas
