#include "web/live_view.hpp"

#include "core/base64url.hpp"
#include "core/json_text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

namespace atlas::web {

namespace {

using std::chrono::milliseconds;

void append_ids(std::string& out, std::span<const host_state* const> hosts) {
  out += '[';
  for (const auto* host : hosts) {
    out += out.back() == '[' ? "" : ",";
    append_json_string(out, host->id.text());
  }
  out += ']';
}

void append_count(std::string& out, std::string_view prefix, std::size_t count) {
  out += prefix;
  append_json_integer(out, std::uint64_t{count});
}

// A host as a colour: 0 to 100 percent, or 101 and more for why there is none; plus 128 when it has an alert.
std::uint8_t heat_of(const host_state& host, host_figure figure) {
  constexpr std::uint8_t no_figure = 101;
  constexpr std::uint8_t not_online = 102;  // and the presence
  constexpr std::uint8_t alarmed = 128;
  const auto percent = percent_of(host, figure);
  auto heat = percent ? static_cast<std::uint8_t>(std::lround(*percent)) : no_figure;
  if (!is_online(host)) {
    heat = static_cast<std::uint8_t>(not_online + static_cast<int>(host.presence.presence));
  }
  return host.warnings + host.criticals > 0 ? static_cast<std::uint8_t>(heat + alarmed) : heat;
}

}  // namespace

live_view::live_view(const view_context& context, host_counts& held_by_views)
    : context_(context), held_by_views_(held_by_views) {}

live_view::~live_view() { hold({}); }

void live_view::ask(view_request asked) {
  list_stale_ = list_stale_ || !asked_ || !asked.is_same_list(*asked_) || asked.heat != asked_->heat ||
                (asked_->hold && !asked.hold);
  asked_ = std::move(asked);
}

void live_view::resume(std::uint64_t seq, const std::vector<host_id>& have) {
  if (seq < context_.first_seq || seq - context_.first_seq > context_.hosts.revision()) {
    return;  // of another run of the service
  }
  told_revision_ = seq - context_.first_seq;
  told_alerts_ = context_.alerts.reaches(told_revision_);
  for (const auto& id : have) {
    if (context_.hosts.find(id) != nullptr && held_.try_emplace(id).second) {
      held_by_views_.add(id);
    }
  }
}

void live_view::drop_list() {
  list_stale_ = true;
  rows_.clear();
  trouble_.clear();
}

// The more hosts, the less often: sorting ten thousand takes a few milliseconds.
live_view::clock::time_point live_view::refresh_due() const {
  constexpr milliseconds least{500};
  constexpr milliseconds least_with_colours{1000};
  const milliseconds by_size(context_.hosts.size() / 10);
  return refreshed_at_ + std::max(by_size, asked_ && asked_->heat ? least_with_colours : least);
}

void live_view::refresh(clock::time_point now) {
  refreshed_at_ = now;
  count_trouble();
  if (std::exchange(list_stale_, false) || !asked_->hold) {
    list_rows();
  }
  colour();
}

void live_view::list_rows() {
  struct row {
    host_key key;
    const host_state* host;
  };
  std::vector<row> found;
  for (const auto* host : context_.by_name) {
    if (asked_->search.fits(*host)) {
      found.push_back({key_of(*host, asked_->sort), host});
    }
  }
  const bool descending = asked_->sort.descending;
  if (asked_->sort.by == host_order::id) {
    if (descending) {
      std::ranges::reverse(found);
    }
  } else {
    // Equal ones stay in the order of their names.
    std::ranges::stable_sort(found, [descending](const row& a, const row& b) {
      const auto& [first, second] = descending ? std::pair(b.key, a.key) : std::pair(a.key, b.key);
      return first.number != second.number ? first.number < second.number
                                           : natural_less(first.text, second.text);
    });
  }
  rows_.clear();
  std::ranges::transform(found, std::back_inserter(rows_), &row::host);
  groups_ = "[]";
  if (asked_->group == host_grouping::none) {
    return;
  }
  const auto groups = group_hosts(rows_, asked_->group);
  rows_.clear();
  groups_ = "[";
  for (const auto& group : groups) {
    rows_.insert(rows_.end(), group.hosts.begin(), group.hosts.end());
    groups_ += groups_.back() == '[' ? "[" : ",[";
    append_json_string(groups_, group.name);
    append_count(groups_, ",", group.hosts.size());
    append_count(groups_, ",", group.trouble);
    groups_ += ']';
  }
  groups_ += ']';
}

void live_view::count_trouble() {
  trouble_.clear();
  std::ranges::copy_if(context_.by_name, std::back_inserter(trouble_),
                       [](const host_state* host) { return is_in_trouble(*host); });
  troubled_ = trouble_.size();
  const host_sort worst_first{host_order::trouble, host_figure::cpu, false};
  std::ranges::stable_sort(trouble_, {},
                           [&](const host_state* host) { return key_of(*host, worst_first).number; });
  trouble_.resize(std::min(trouble_.size(), max_trouble));
}

live_frame live_view::write(clock::time_point now) {
  if (!asked_) {
    return nullptr;
  }
  if (list_stale_ || now >= refresh_due()) {
    refresh(now);
  }
  const auto revision = context_.hosts.revision();
  auto text = std::make_shared<std::string>(R"({"type":"view","seq":)");
  append_json_integer(*text, context_.first_seq + revision);
  const auto head = text->size();
  if (!std::exchange(told_org_, true)) {
    *text += R"(,"org":)";
    append_branding(*text, context_.brand);
  }
  append_rows(*text);
  tell(*text, told_heat_, heat_);
  append_hosts(*text);
  append_alerts(*text);
  told_revision_ = revision;
  if (text->size() == head) {
    return nullptr;
  }
  *text += '}';
  return text;
}

// The member, when it is not as the browser has it.
void live_view::tell(std::string& out, std::string& told, std::string now) {
  if (now != told) {
    out += now;
    told = std::move(now);
  }
}

void live_view::append_rows(std::string& out) {
  const auto counts = context_.hosts.counts();
  std::string summary = R"(,"summary":{"hosts":{)";
  for (const auto& [presence, count] : counts.hosts) {
    summary += summary.back() == '{' ? "\"" : ",\"";
    summary += to_string(presence);
    append_count(summary, "\":", count);
  }
  append_count(summary, R"(},"alerts":{"critical":)", counts.alerts.at(alert_severity::critical));
  append_count(summary, R"(,"warning":)", counts.alerts.at(alert_severity::warning));
  append_count(summary, R"(},"trouble":)", troubled_);
  append_count(summary, R"(,"total":)", context_.hosts.size());
  tell(out, told_summary_, summary + '}');

  const auto from = std::min(asked_->from, rows_.size());
  std::string rows;
  append_count(rows, R"(,"rows":{"total":)", rows_.size());
  append_count(rows, R"(,"from":)", from);
  rows += R"(,"ids":)";
  append_ids(rows, std::span(rows_).subspan(from, std::min(asked_->count, rows_.size() - from)));
  tell(out, told_rows_, rows + '}');
  tell(out, told_groups_, R"(,"groups":)" + groups_);

  std::string trouble = R"(,"trouble":)";
  append_ids(trouble, trouble_);
  tell(out, told_trouble_, std::move(trouble));
}

void live_view::colour() {
  heat_.clear();
  if (!asked_->heat) {
    return;
  }
  std::vector<std::uint8_t> colours;
  colours.reserve(rows_.size());
  for (const auto* host : rows_) {
    colours.push_back(heat_of(*host, *asked_->heat));
  }
  heat_ = R"(,"heat":{"figure":")";
  heat_ += to_string(*asked_->heat);
  heat_ += R"(","values":")" + base64url_encode(colours) + "\"}";
}

std::vector<const host_state*> live_view::wanted_hosts() const {
  const auto from = std::min(asked_->from, rows_.size());
  const auto window = std::span(rows_).subspan(from, std::min(asked_->count, rows_.size() - from));
  std::vector<const host_state*> wanted(window.begin(), window.end());
  wanted.insert(wanted.end(), trouble_.begin(), trouble_.end());
  if (const auto* host = close_up_ ? context_.hosts.find(*close_up_) : nullptr) {
    wanted.push_back(host);
  }
  return wanted;
}

void live_view::append_hosts(std::string& out) {
  const auto wanted = wanted_hosts();
  std::unordered_set<const host_state*> told;
  std::string hosts;
  for (const auto* host : wanted) {
    const auto [held, is_new] = held_.try_emplace(host->id);
    if (is_new) {
      held_by_views_.add(host->id);
    }
    if ((is_new || host->revision > told_revision_) && told.insert(host).second) {
      hosts += hosts.empty() ? R"(,"hosts":[)" : ",";
      append_changed_host(hosts, *host, held->second);
    }
  }
  out += hosts.empty() ? hosts : hosts + ']';
  hold(wanted);
}

// Lets go of all others.
void live_view::hold(const std::vector<const host_state*>& hosts) {
  std::unordered_set<std::string_view> kept;
  for (const auto* host : hosts) {
    kept.insert(host->id.text());
  }
  std::erase_if(held_, [&](const auto& each) {
    if (kept.contains(each.first.text())) {
      return false;
    }
    held_by_views_.drop(each.first);
    return true;
  });
}

void live_view::append_alerts(std::string& out) {
  if (!std::exchange(told_alerts_, true) || !context_.alerts.reaches(told_revision_)) {
    out += R"(,"all_alerts":true,"alerts":)";
    append_urgent_alerts(out, context_.hosts, max_alerts);
  } else if (context_.hosts.alerts_revision() > told_revision_) {
    out += R"(,"alerts":)";
    context_.alerts.append_after(out, told_revision_);
  }
}

}  // namespace atlas::web
