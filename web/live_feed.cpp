#include "web/live_feed.hpp"

#include "core/json_text.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::web {

namespace {

// Above every number of an earlier run of this service, so that no browser can resume into the wrong run;
// exact in a JavaScript number.
std::uint64_t first_seq() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

void append_head(std::string& out, std::string_view type, std::uint64_t seq) {
  out += R"({"type":")";
  out += type;
  out += R"(","seq":)";
  append_json_integer(out, seq);
}

}  // namespace

live_feed::live_feed(boost::asio::io_context& io, live_feed_options options, const branding& brand,
                     const fleet& hosts, host_counts& watchers, service& backend)
    : io_(io),
      options_(options),
      brand_(brand),
      hosts_(hosts),
      watchers_(watchers),
      backend_(backend),
      timer_(io),
      seq_(first_seq()) {}

void live_feed::join(live_reader& reader, std::optional<std::uint64_t> resume_after) {
  if (std::exchange(missed_, false)) {
    forget_all();
    ++seq_;
  }
  readers_.push_back(&reader);
  if (resume_after) {
    resume(reader, *resume_after, {});
  }
}

void live_feed::leave(live_reader& reader) {
  if (std::erase(readers_, &reader) == 0) {
    return;
  }
  if (reader.focus_) {
    release(*std::exchange(reader.focus_, std::nullopt));
  }
  if (readers_.empty()) {
    missed_ = missed_ || !changed_.empty() || !removed_.empty() || !alerts_.empty();
    changed_.clear();
    removed_.clear();
    alerts_.clear();
    seen_.clear();
    snapshot_.reset();
    timer_.cancel();
  }
}

bool live_feed::can_follow(std::uint64_t seq) const { return seq <= seq_ && seq_ - seq <= deltas_.size(); }

live_frame live_feed::take(live_reader& reader) {
  const bool behind = !can_follow(reader.seq_) || seq_ - reader.seq_ > reader.lag_allowed_;
  if (reader.wants_snapshot_ || behind) {
    resyncs_ += reader.had_snapshot_ && !reader.wants_snapshot_ ? 1 : 0;
    auto frame = snapshot();
    reader.seq_ = snapshot_seq_;
    reader.lag_allowed_ = seq_ - snapshot_seq_ + options_.max_lag;
    reader.wants_snapshot_ = false;
    reader.had_snapshot_ = true;
    return frame;
  }
  if (reader.seq_ == seq_) {
    reader.lag_allowed_ = options_.max_lag;
    return nullptr;
  }
  auto frame = deltas_[deltas_.size() - static_cast<std::size_t>(seq_ - reader.seq_)];
  ++reader.seq_;
  return frame;
}

void live_feed::resume(live_reader& reader, std::uint64_t seq, const std::vector<host_id>& /*have*/) {
  reader.wants_snapshot_ = !can_follow(seq);
  if (!reader.wants_snapshot_) {
    reader.seq_ = seq;
    reader.lag_allowed_ = seq_ - seq + options_.max_lag;
    reader.had_snapshot_ = true;
  }
}

void live_feed::focus(live_reader& reader, std::optional<host_id> host) {
  if (host && hosts_.find(*host) == nullptr) {
    host.reset();
  }
  if (host == reader.focus_) {
    return;
  }
  if (host && watchers_.add(*host)) {
    backend_.focus(*host, true);
  }
  if (reader.focus_) {
    release(*reader.focus_);
  }
  reader.focus_ = host;
}

void live_feed::release(const host_id& host) {
  if (watchers_.drop(host)) {
    backend_.focus(host, false);
  }
}

void live_feed::publish(const fleet_effects& effects) {
  if (effects.changed.empty() && effects.removed.empty() && effects.alerts.empty()) {
    return;
  }
  if (readers_.empty()) {
    missed_ = true;
    return;
  }
  mark(effects);
  schedule_delta();
}

void live_feed::mark(const fleet_effects& effects) {
  for (const auto* host : effects.changed) {
    changed_.insert(host->id);
  }
  for (const auto& host : effects.removed) {
    removed_.insert(host);
    seen_.erase(host);
  }
  for (const auto& one : effects.alerts) {
    alerts_.insert_or_assign(one.key.id(), one);
  }
}

// Posted, or a timer: never from within publish(), so that a whole batch of events makes one delta.
void live_feed::schedule_delta() {
  if (std::exchange(scheduled_, true)) {
    return;
  }
  const auto due = last_delta_ + options_.interval;
  if (due <= std::chrono::steady_clock::now()) {
    boost::asio::post(io_, [self = shared_from_this()] { self->write_delta(); });
    return;
  }
  timer_.expires_at(due);
  timer_.async_wait([self = shared_from_this()](const auto&) { self->write_delta(); });
}

void live_feed::write_delta() {
  scheduled_ = false;
  if (readers_.empty() || (changed_.empty() && removed_.empty() && alerts_.empty())) {
    return;
  }
  last_delta_ = std::chrono::steady_clock::now();
  ++seq_;
  ++deltas_written_;
  auto text = std::make_shared<std::string>();
  append_head(*text, "delta", seq_);
  *text += R"(,"hosts":[)";
  const char* separator = "";
  for (const auto& id : changed_) {
    if (const auto* host = hosts_.find(id)) {
      *text += separator;
      append_changed_host(*text, *host, seen_[id]);
      separator = ",";
    }
  }
  *text += R"(],"alerts":[)";
  separator = "";
  for (const auto& [id, one] : alerts_) {
    *text += separator;
    *text += format_alert(one);
    separator = ",";
  }
  *text += ']';
  std::erase_if(removed_, [&](const host_id& id) { return hosts_.find(id) != nullptr; });
  if (!removed_.empty()) {
    *text += R"(,"removed":)";
    separator = "[";
    for (const auto& id : removed_) {
      *text += separator;
      append_json_string(*text, id.text());
      separator = ",";
    }
    *text += ']';
  }
  *text += '}';
  changed_.clear();
  removed_.clear();
  alerts_.clear();
  keep(std::move(text));
  for (auto* reader : readers_) {
    reader->wake();
  }
}

void live_feed::keep(live_frame delta) {
  delta_bytes_ += delta->size();
  deltas_.push_back(std::move(delta));
  const auto most = std::max(kept_deltas, 2 * options_.max_lag + 1);
  while (deltas_.size() > 1 && (deltas_.size() > most || delta_bytes_ > kept_bytes)) {
    delta_bytes_ -= deltas_.front()->size();
    deltas_.pop_front();
  }
  if (snapshot_ && (seq_ - snapshot_seq_ > options_.max_lag || !can_follow(snapshot_seq_))) {
    snapshot_.reset();
  }
}

// May already tell of changes that the next delta will tell again: that is harmless.
live_frame live_feed::snapshot() {
  if (snapshot_) {
    return snapshot_;
  }
  ++snapshots_written_;
  auto text = std::make_shared<std::string>();
  const auto hosts = hosts_.hosts();
  constexpr std::size_t usual_host_bytes = 768;
  text->reserve(hosts.size() * usual_host_bytes + 1024);
  append_head(*text, "snapshot", seq_);
  *text += R"(,"org":)";
  append_branding(*text, brand_);
  *text += R"(,"hosts":[)";
  const char* separator = "";
  for (const auto* host : hosts) {
    *text += separator;
    append_host(*text, *host);
    separator = ",";
  }
  *text += R"(],"alerts":)";
  append_alerts(*text, hosts_.firing_alerts());
  *text += '}';
  snapshot_ = std::move(text);
  snapshot_seq_ = seq_;
  return snapshot_;
}

void live_feed::rebrand() {
  forget_all();
  ++seq_;
  for (auto* reader : readers_) {
    reader->wants_snapshot_ = true;
    reader->wake();
  }
}

void live_feed::forget_all() {
  deltas_.clear();
  delta_bytes_ = 0;
  snapshot_.reset();
  seen_.clear();
}

void live_feed::stop() {
  while (!readers_.empty()) {
    leave(*readers_.back());
  }
  timer_.cancel();
  forget_all();
}

}  // namespace atlas::web
