#include "ingest/store/tail_chunk.hpp"

#include <limits>
#include <utility>

namespace atlas::ingest::store {

namespace {

constexpr std::uint8_t version = 1;

// What an entry begins with; anything above is a sample of the source of that number, counted from here.
constexpr std::uint64_t metrics_entry = 0;
constexpr std::uint64_t source_entry = 1;
constexpr std::uint64_t first_source = 2;

constexpr std::size_t most_metrics = 65'536;

struct known_source {
  std::uint32_t host = 0;
  std::string boot;
  std::size_t list = 0;
};

class chunk_reader {
 public:
  explicit chunk_reader(byte_view content) : in_(content) {}

  bool read(const std::function<void(const chunk_sample&)>& visit) {
    if (in_.byte() != version) {
      return false;
    }
    while (in_.ok() && in_.left() > 0) {
      const auto entry = in_.number();
      if (entry == metrics_entry) {
        read_metrics();
      } else if (entry == source_entry) {
        read_source();
      } else {
        read_sample(entry - first_source, visit);
      }
    }
    return in_.ok();
  }

 private:
  void read_metrics() {
    metric_list metrics;
    const auto count = in_.count(most_metrics);
    for (std::size_t i = 0; i < count && in_.ok(); ++i) {
      metrics.push_back(static_cast<std::uint32_t>(in_.count(std::numeric_limits<std::uint32_t>::max())));
    }
    lists_.push_back(std::make_shared<const metric_list>(std::move(metrics)));
  }

  void read_source() {
    known_source added;
    added.host = static_cast<std::uint32_t>(in_.count(std::numeric_limits<std::uint32_t>::max()));
    added.list = in_.count(lists_.empty() ? 0 : lists_.size() - 1);
    added.boot = in_.text();
    if (lists_.empty()) {
      in_.fail();
    }
    sources_.push_back(std::move(added));
  }

  void read_sample(std::uint64_t source, const std::function<void(const chunk_sample&)>& visit) {
    if (source >= sources_.size()) {
      in_.fail();
      return;
    }
    const auto& from = sources_[source];
    const auto& metrics = lists_[from.list];
    newest_ts_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(newest_ts_) +
                                           static_cast<std::uint64_t>(in_.signed_number()));
    const auto seq = in_.number();
    values_.clear();
    for (std::size_t i = 0; i < metrics->size() && in_.ok(); ++i) {
      values_.push_back(in_.real());
    }
    if (in_.ok()) {
      visit({from.host, from.boot, metrics, newest_ts_, seq == 0 ? std::nullopt : std::optional(seq - 1),
             values_});
    }
  }

  byte_reader in_;
  std::vector<std::shared_ptr<const metric_list>> lists_;
  std::vector<known_source> sources_;
  std::vector<float> values_;
  std::int64_t newest_ts_ = 0;
};

}  // namespace

std::uint64_t chunk_writer::number_of(const std::shared_ptr<const metric_list>& metrics) {
  const auto [found, is_new] = lists_.emplace(metrics, lists_.size());
  if (is_new) {
    byte_writer out(content_);
    out.number(metrics_entry);
    out.number(metrics->size());
    for (const auto metric : *metrics) {
      out.number(metric);
    }
  }
  return found->second;
}

std::uint64_t chunk_writer::number_of(const std::shared_ptr<const sample_source>& from, std::uint32_t host) {
  const auto known = sources_.find(from);
  if (known != sources_.end()) {
    return known->second;
  }
  const auto list = number_of(from->metrics);
  byte_writer out(content_);
  out.number(source_entry);
  out.number(host);
  out.number(list);
  out.text(from->boot);
  return sources_.emplace(from, sources_.size()).first->second;
}

void chunk_writer::add(const std::shared_ptr<const sample_source>& from, std::uint32_t host, std::int64_t ts,
                       std::optional<std::uint64_t> seq, std::span<const float> values) {
  if (content_.empty()) {
    content_.push_back(version);
  }
  const auto source = number_of(from, host);
  byte_writer out(content_);
  out.number(first_source + source);
  out.signed_number(ts - newest_ts_);
  out.number(seq ? *seq + 1 : 0);
  for (const float value : values) {
    out.real(value);
  }
  newest_ts_ = ts;
}

bytes chunk_writer::take() {
  lists_.clear();
  sources_.clear();
  newest_ts_ = 0;
  return std::exchange(content_, {});
}

result<void> read_chunk(byte_view content, const std::function<void(const chunk_sample&)>& visit) {
  if (!chunk_reader(content).read(visit)) {
    return failure("history tail", "is damaged, or was written by a newer version");
  }
  return {};
}

}  // namespace atlas::ingest::store
