#include "ingest/dry_run.hpp"

#include "core/glob.hpp"
#include "core/json_text.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace atlas::ingest {

namespace {

constexpr std::size_t most_series = 20'000;
constexpr std::size_t most_listed = 1'000;  // firings in the answer; the rest is counted
constexpr std::size_t points_a_day = 1'440;
constexpr std::size_t most_points = 20'000;

// "disks[" and "].percent" → the names between them, as the host's history knows them.
std::vector<std::string> instances_of(const std::vector<std::string>& metrics, std::string_view head,
                                      std::string_view tail) {
  std::vector<std::string> found;
  for (const auto& name : metrics) {
    if (name.size() > head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail)) {
      found.push_back(name.substr(head.size(), name.size() - head.size() - tail.size()));
    }
  }
  return found;
}

// The larger of both at each time; what only one of them has stands as it is.
void merge_larger(std::vector<history_point>& into, const std::vector<history_point>& other) {
  std::vector<history_point> merged;
  merged.reserve(std::max(into.size(), other.size()));
  auto a = into.begin();
  auto b = other.begin();
  while (a != into.end() || b != other.end()) {
    if (b == other.end() || (a != into.end() && a->ts < b->ts)) {
      merged.push_back(*a++);
    } else if (a == into.end() || b->ts < a->ts) {
      merged.push_back(*b++);
    } else {
      merged.push_back(a->mean >= b->mean ? *a : *b);
      ++a;
      ++b;
    }
  }
  into = std::move(merged);
}

void append_firing(std::string& out, const replay_firing& one) {
  out += R"({"host":)";
  append_json_string(out, one.host.text());
  out += R"(,"instance":)";
  append_json_string(out, one.instance);
  out += R"(,"severity":)";
  append_json_string(out, to_string(one.severity));
  out += R"(,"from":)";
  append_json_integer(out, to_int(one.fired));
  out += R"(,"until":)";
  append_json_time(out, one.resolved);
  out += R"(,"worst":)";
  append_json_number(out, one.worst);
  out += one.flapping ? R"(,"flapping":true})" : "}";
}

}  // namespace

std::string dry_run::refusal(alert_rule rule) {
  switch (rule) {
    case alert_rule::cpu:
    case alert_rule::memory:
    case alert_rule::swap:
    case alert_rule::load:
    case alert_rule::disk:
    case alert_rule::disk_full:
    case alert_rule::temperature:
    case alert_rule::battery:
    case alert_rule::traffic: return {};
    case alert_rule::offline:
    case alert_rule::duplicate:
    case alert_rule::isolation: return "does not follow from stored samples, so it cannot be tried on them";
  }
  return {};
}

dry_run::dry_run(boost::asio::io_context& io, const history& samples, const fleet_rules& rules,
                 web::dry_run_question question, unix_ms now, handler done)
    : io_(io),
      history_(samples),
      timing_(rules.timing),
      question_(std::move(question)),
      from_(now - std::chrono::hours(24 * question_.days)),
      to_(now),
      done_(std::move(done)) {
  timing_.gap = rules.offline_after;
}

void dry_run::start(boost::asio::io_context& io, const fleet& hosts, const history& samples,
                    const fleet_rules& rules, web::dry_run_question question, unix_ms now, handler done) {
  auto overrides = rules.overrides;
  overrides.push_back({{question.host, {}, {}}, question.rule, question.change});
  rule_book book(rules.levels, std::move(overrides));
  const std::shared_ptr<dry_run> self(
      new dry_run(io, samples, rules, std::move(question), now, std::move(done)));
  self->collect(hosts, book);
  self->next();
}

void dry_run::collect(const fleet& hosts, rule_book& book) {
  for (const auto* host : hosts.hosts()) {
    if (!fits_pattern(question_.host, host->id.text())) {
      continue;
    }
    const auto rules = book.rules_for(host->id, host->tags);
    ++hosts_;
    if (rules->watches(question_.rule) && jobs_.size() < most_series) {
      add_jobs(*host, rules);
    }
  }
}

void dry_run::add_jobs(const host_state& host, const std::shared_ptr<const host_rules>& rules) {
  const auto add = [&](std::string instance, std::vector<std::string> metrics, double divisor = 1) {
    jobs_.push_back({host.id, std::move(instance), std::move(metrics), divisor, rules});
  };
  const auto add_each = [&](std::string_view head, const std::vector<std::string>& tails) {
    for (const auto& instance : instances_of(history_.metrics(host.id), head, tails.front())) {
      std::vector<std::string> metrics;
      for (const auto& tail : tails) {
        metrics.push_back(std::string(head) + instance + tail);
      }
      add(instance, std::move(metrics));
    }
  };
  switch (question_.rule) {
    case alert_rule::cpu: return add({}, {"cpu.percent"});
    case alert_rule::memory: return add({}, {"memory.percent"});
    case alert_rule::swap:
      if (host.newest && host.newest->memory.swap_total.value_or(0) > 0) {
        add({}, {"memory.swap_used"}, static_cast<double>(*host.newest->memory.swap_total) / 100);
      }
      return;
    case alert_rule::load: {
      const auto cores = host.newest && !host.newest->cpu.cores.empty() ? host.newest->cpu.cores.size()
                         : host.info                                    ? host.info->cores
                                                                        : 0;
      if (cores > 0) {
        add({}, {"cpu.load[0]"}, static_cast<double>(cores));
      }
      return;
    }
    case alert_rule::disk:
    case alert_rule::disk_full: return add_each("disks[", {"].percent"});
    case alert_rule::temperature: return add_each("temperatures[", {"].celsius"});
    case alert_rule::battery: return add({}, {"battery.percent"});
    case alert_rule::traffic: return add_each("network[", {"].rx_bps", "].tx_bps"});
    case alert_rule::offline:
    case alert_rule::duplicate:
    case alert_rule::isolation: return;
  }
}

void dry_run::next() {
  if (at_job_ == jobs_.size()) {
    return done_(answer());
  }
  const auto& job = jobs_[at_job_];
  history_query query{job.host, job.metrics[at_metric_], from_, to_,
                      std::min(most_points, points_a_day * question_.days)};
  history_.query(
      std::move(query), [self = shared_from_this()](const result<std::vector<history_point>>& found) {
        if (!found) {
          spdlog::warn("dry run: {}: {}", found.error().where, found.error().what);
        }
        // Posted, so that a history that answers at once does not nest, and others get their turn.
        boost::asio::post(
            self->io_, [self, points = found.value_or(std::vector<history_point>{})] { self->take(points); });
      });
}

void dry_run::take(std::vector<history_point> points) {
  if (at_metric_ == 0) {
    points_ = std::move(points);
  } else {
    merge_larger(points_, points);
  }
  if (++at_metric_ == jobs_[at_job_].metrics.size()) {
    finish_series();
  }
  next();
}

void dry_run::finish_series() {
  const auto& job = jobs_[at_job_];
  for (auto& point : points_) {
    point.mean /= job.divisor;
  }
  for (auto& one : replay(question_.rule, *job.rules, timing_, {job.host, job.instance, points_})) {
    firings_.push_back(std::move(one));
  }
  ++at_job_;
  at_metric_ = 0;
}

std::string dry_run::answer() const {
  std::set<std::string_view> hosts;
  for (const auto& one : firings_) {
    hosts.insert(one.host.text());
  }
  std::string out = R"({"rule":)";
  append_json_string(out, to_string(question_.rule));
  const auto append_number = [&out](std::string_view name, std::uint64_t value) {
    out += name;
    append_json_integer(out, value);
  };
  append_number(R"(,"days":)", question_.days);
  append_number(R"(,"fired":)", firings_.size());
  append_number(R"(,"hosts":)", hosts.size());
  append_number(R"(,"hosts_looked_at":)", hosts_);
  append_number(R"(,"series":)", jobs_.size());
  out += R"(,"from":)";
  append_json_integer(out, to_int(from_));
  out += R"(,"to":)";
  append_json_integer(out, to_int(to_));
  auto sorted = firings_;
  std::ranges::sort(sorted, [](const auto& a, const auto& b) { return a.fired < b.fired; });
  out += R"(,"firings":[)";
  for (std::size_t i = 0; i < std::min(sorted.size(), most_listed); ++i) {
    out += i == 0 ? "" : ",";
    append_firing(out, sorted[i]);
  }
  out += "]}";
  return out;
}

}  // namespace atlas::ingest
