#include "agent/spool.hpp"

#include "agent/small_file.hpp"
#include "agent/text.hpp"

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

constexpr std::string_view suffix = ".seg";
constexpr std::size_t digits = 10;
// Of a record beside its text, and of a text beside the sample: brackets and the member `skipped`.
constexpr std::size_t overhead = 64;
constexpr std::size_t max_text = spool::max_payload - overhead;

std::string file_name(std::uint64_t number) {
  auto name = std::to_string(number);
  name.insert(0, digits - std::min(digits, name.size()), '0');
  return name.append(suffix);
}

std::optional<std::uint64_t> number_of(std::string_view name) {
  if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  return to_number<std::uint64_t>(name.substr(0, digits));
}

std::string system_text() { return std::generic_category().message(errno); }

}  // namespace

spool::spool(std::string folder, std::string boot, limits bounds) : boot_(std::move(boot)), limits_(bounds) {
  if (folder.empty()) {
    report("there is no state directory: samples that are not delivered yet are kept in memory only");
    return;
  }
  open(std::move(folder));
  if (!folder_.empty()) load();
}

spool::~spool() {
  if (lock_ >= 0) ::close(lock_);
}

void spool::report(std::string problem) { problem_ = std::move(problem); }

void spool::open(std::string folder) {
  if (const auto slash = folder.rfind('/'); slash != std::string::npos && slash > 0) {
    ::mkdir(folder.substr(0, slash).c_str(), 0700);
  }
  ::mkdir(folder.c_str(), 0700);
  lock_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (lock_ < 0) {
    report(folder + ": " + system_text() + "; samples that are not delivered yet are kept in memory only");
  } else if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    report(folder + ": another agent uses it; samples that are not delivered yet are kept in memory only");
  } else {
    folder_ = std::move(folder);
  }
}

void spool::load() {
  for (const auto& name : folder_names(folder_)) {
    const auto path = folder_ + '/' + name;
    if (name.ends_with(".new")) ::unlink(path.c_str());
    const auto number = number_of(name);
    if (!number) continue;
    next_file_ = std::max(next_file_, *number + 1);
    auto segment = spool_segment::load(path);
    // After a crash between two steps of merging, a file may hold once more what the one before it holds.
    if (segment && !segments_.empty() && segments_.back().boot() == segment->boot()) {
      const auto newest = segments_.back().entries().back().seq;
      std::erase_if(segment->entries(), [newest](const entry& one) { return one.seq <= newest; });
    }
    if (segment && !segment->entries().empty()) {
      segments_.push_back(*std::move(segment));
    } else {
      ::unlink(path.c_str());
    }
  }
  make_room();
}

spool_segment* spool::segment_for(std::size_t record_bytes) {
  const auto fits = [&](std::size_t most) {
    return active_ && segments_.back().bytes() + record_bytes <= most;
  };
  const auto memory_segment = std::min(limits_.segment_bytes, limits_.memory_bytes / 8);
  if (fits(active_ && segments_.back().is_in_memory() ? memory_segment : limits_.segment_bytes)) {
    return &segments_.back();
  }
  if (!folder_.empty()) {
    auto made = spool_segment::create(folder_ + '/' + file_name(next_file_), boot_);
    ++next_file_;
    if (made) {
      failing_ = false;
      active_ = true;
      return &segments_.emplace_back(*std::move(made));
    }
    if (!std::exchange(failing_, true)) report(made.error().where + " " + made.error().what);
  }
  active_ = true;
  return &segments_.emplace_back(*spool_segment::create({}, boot_));
}

void spool::add(std::uint64_t seq, std::string text) {
  if (text.size() > max_text) {
    ++dropped_;
    return;
  }
  const spool_segment::record sample{std::move(text), 0};
  const auto record_bytes = sample.text.size() + overhead;
  const auto added = segment_for(record_bytes)->append(seq, sample);
  if (!added) {
    if (!std::exchange(failing_, true)) report(added.error().where + " " + added.error().what);
    auto kept = *spool_segment::create({}, boot_);
    static_cast<void>(kept.append(seq, sample));  // memory takes it
    segments_.push_back(std::move(kept));
    active_ = true;
  }
  make_room();
}

std::string spool::text_of(const spool_segment& where, const entry& which) {
  auto found = where.read(which);
  if (!found) return {};
  if (found->skipped > 0 && found->text.starts_with('{')) {
    found->text.insert(1, R"("skipped":)" + std::to_string(found->skipped) + ',');
  }
  return std::move(found->text);
}

std::string spool::take_newest() {
  if (!active_ || segments_.back().entries().empty()) return {};
  auto& newest = segments_.back().entries().back();
  if (newest.is_waiting == 0) return {};
  newest.is_waiting = 0;
  newest.was_sent = 1;
  return text_of(segments_.back(), newest);
}

std::string spool::take_batch() {
  std::string batch;
  for (auto& segment : segments_) {
    for (auto& one : segment.entries()) {
      if (one.is_waiting == 0) continue;
      if (batch.size() + one.size + overhead > max_payload) return batch + ']';
      one.is_waiting = 0;
      one.was_sent = 1;
      const auto text = text_of(segment, one);
      if (text.empty()) continue;  // the file was damaged meanwhile
      batch += batch.empty() ? '[' : ',';
      batch += text;
    }
  }
  return batch.empty() ? batch : batch + ']';
}

std::size_t spool::waiting() const {
  std::size_t count = 0;
  for (const auto& segment : segments_) {
    count += static_cast<std::size_t>(std::count_if(segment.entries().begin(), segment.entries().end(),
                                                    [](const entry& one) { return one.is_waiting != 0; }));
  }
  return count;
}

void spool::send_again() {
  for (auto& segment : segments_) {
    for (auto& one : segment.entries()) one.is_waiting = 1;
  }
}

void spool::acknowledge(const sample_ack& ack, bool resend) {
  for (auto& segment : segments_) {
    if (segment.boot() != ack.boot) continue;
    // What this process has not sent it cannot be meant by.
    std::erase_if(segment.entries(),
                  [&](const entry& one) { return one.was_sent != 0 && ack.covers(one.seq); });
    if (!resend) continue;
    for (auto& one : segment.entries()) {
      if (one.seq <= ack.seq) one.is_waiting = 1;
    }
  }
  if (active_ && segments_.back().entries().empty()) segments_.back().clear();
  forget_empty();
  if (segments_.size() <= 1) said_full_ = false;
}

void spool::forget_empty() {
  const auto* const in_use = active_ ? &segments_.back() : nullptr;
  const auto is_done = [in_use](const spool_segment& one) { return one.entries().empty() && &one != in_use; };
  for (const auto& one : segments_) {
    if (is_done(one)) one.remove();
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (is_done(segments_[i])) continue;
    if (kept != i) segments_[kept] = std::move(segments_[i]);
    ++kept;
  }
  segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(kept), segments_.end());
}

std::size_t spool::size() const {
  return std::accumulate(
      segments_.begin(), segments_.end(), std::size_t{0},
      [](std::size_t sum, const spool_segment& one) { return sum + one.entries().size(); });
}

std::size_t spool::bytes() const {
  return std::accumulate(segments_.begin(), segments_.end(), std::size_t{0},
                         [](std::size_t sum, const spool_segment& one) { return sum + one.bytes(); });
}

}  // namespace atlas::agent
