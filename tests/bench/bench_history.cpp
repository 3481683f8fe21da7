// Fills a fleet.db with samples through the real codec and store, and measures size and queries beside a
// plain SQLite table. See README.md.
#include "ingest/store/sample_store.hpp"
#include "tenants/registry.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

namespace {

using namespace atlas;
using namespace atlas::ingest::store;
using clock_type = std::chrono::steady_clock;

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t first_time = 1'761'955'200'000;

const std::vector<std::string> metric_names{
    "cpu.percent",         "cpu.load[0]",       "cpu.load[1]",        "cpu.load[2]",
    "memory.percent",      "memory.total",      "memory.used",        "memory.available",
    "memory.swap_total",   "memory.swap_used",  "disks[/].percent",   "disks[/].total",
    "disks[/].used",       "disks[/].read_bps", "disks[/].write_bps", "network[eth0].rx_bps",
    "network[eth0].tx_bps"};

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

// A host whose values behave as measured ones do: a daily wave, noise, slow drift, bursts of traffic.
class simulated_host {
 public:
  simulated_host(unsigned number)
      : random_(number), phase_(number % 24), memory_(0.3 + 0.4 * uniform()), disk_(0.2 + 0.6 * uniform()) {}

  void values(std::int64_t ts, std::vector<float>& out) {
    const double wave = std::sin((static_cast<double>(ts % day_ms) / day_ms * 24 + phase_) / 24 * 6.2832);
    const double cpu =
        std::clamp(25 + 15 * wave + 4 * normal() + (uniform() < 0.02 ? 40 * uniform() : 0), 0.0, 100.0);
    load_1_ += (cpu / 25 - load_1_) * 0.6 + 0.05 * normal();
    load_5_ += (load_1_ - load_5_) * 0.2;
    load_15_ += (load_1_ - load_15_) * 0.07;
    memory_ = std::clamp(memory_ + 0.002 * normal(), 0.05, 0.95);
    disk_ = std::clamp(disk_ + (uniform() < 0.3 ? 0.000002 * (normal() + 0.5) : 0), 0.05, 0.98);
    constexpr double memory_size = 8'589'934'592;
    constexpr double disk_size = 107'374'182'400;
    const double used = std::floor(memory_ * memory_size / 4096) * 4096;
    const double disk_used = std::floor(disk_ * disk_size / 4096) * 4096;
    const auto traffic = [&](double mean) {
      return rounded(mean * std::exp(0.5 * normal() + 0.4 * wave), 100);
    };
    for (const double value :
         {rounded(cpu, 100), rounded(std::abs(load_1_), 100), rounded(std::abs(load_5_), 100),
          rounded(std::abs(load_15_), 100), rounded(memory_ * 100, 100), memory_size, used,
          memory_size - used, 2'147'483'648.0, 0.0, rounded(disk_ * 100, 100), disk_size, disk_used,
          uniform() < 0.7 ? 0.0 : traffic(20'000), traffic(60'000), traffic(40'000), traffic(25'000)}) {
      out.push_back(static_cast<float>(value));
    }
  }

 private:
  double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  double normal() { return std::normal_distribution<double>(0, 1)(random_); }
  std::mt19937 random_;
  double phase_;
  double memory_;
  double disk_;
  double load_1_ = 1, load_5_ = 1, load_15_ = 1;
};

struct plan {
  unsigned hosts = 50;
  unsigned days = 30;
  std::int64_t step = minute_ms;
  std::filesystem::path folder;
};

void check(const result<void>& done) {
  if (!done) {
    fmt::print(stderr, "bench_history: {}: {}\n", done.error().where, done.error().what);
    std::exit(1);
  }
}

host_id name_of(unsigned host) { return *host_id::parse(fmt::format("host-{}", host)); }

// Eight hours of each host at a time: the service would see them interleaved, which is all the same to it
// once they are in the tails.
double fill(const plan& wanted, sample_store& store, metric_dictionary& names) {
  metric_list numbers;
  for (const auto& name : metric_names) {
    numbers.push_back(*names.number_of(name));
  }
  const auto list = std::make_shared<const metric_list>(numbers);
  std::vector<simulated_host> hosts;
  std::vector<std::shared_ptr<const sample_source>> sources;
  for (unsigned host = 0; host < wanted.hosts; ++host) {
    hosts.emplace_back(host);
    sources.push_back(std::make_shared<const sample_source>(
        sample_source{name_of(host), fmt::format("boot-{}", host), list}));
  }
  sample_queue queue{{}};
  std::mt19937 random{1};
  std::uniform_int_distribution<int> jitter(-20, 20);
  std::vector<std::uint64_t> seqs(wanted.hosts);
  const auto begin = clock_type::now();
  constexpr std::int64_t portion = 8 * 60 * minute_ms;
  for (std::int64_t from = 0; from < wanted.days * day_ms; from += portion) {
    const auto now = first_time + from + portion;
    for (unsigned host = 0; host < wanted.hosts; ++host) {
      for (auto at = from; at < from + portion; at += wanted.step) {
        const auto ts = first_time + at + 25'000 + host * 7 % 20'000 + jitter(random);
        queue.push(sources[host], ts, ++seqs[host], [&](auto& out) { hosts[host].values(ts, out); });
      }
      if (queue.size() >= 20'000) {
        store.take(queue, now);
        check(store.commit(now));
      }
    }
    store.take(queue, now);
    check(store.commit(now));
    store.begin_compaction(clock_type::now());
    do {
      check(store.compact(std::chrono::milliseconds(4), now));
    } while (store.is_compacting());
  }
  return std::chrono::duration<double>(clock_type::now() - begin).count();
}

template <class Action>
double median_ms(unsigned times, Action action) {
  std::vector<double> taken;
  for (unsigned i = 0; i < times; ++i) {
    const auto begin = clock_type::now();
    action(i);
    taken.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - begin).count());
  }
  std::nth_element(taken.begin(), taken.begin() + times / 2, taken.end());
  return taken[times / 2];
}

double ask(sample_store& store, const plan& wanted, unsigned days, std::size_t points, std::size_t& got) {
  const auto end = first_time + wanted.days * day_ms;
  return median_ms(200, [&](unsigned i) {
    const auto found = store.query({name_of(i * 7919 % wanted.hosts), metric_names[i % metric_names.size()],
                                    from_unix_ms(end - days * day_ms), from_unix_ms(end), points});
    if (!found || found->empty()) {
      check(failure("query", "gives nothing"));
    }
    got = found->size();
  });
}

// The same values as rows of a table that is keyed by host and time.
struct reference {
  double bytes_per_sample = 0;
  double day_ms_median = 0;
  double month_ms_median = 0;
};

reference measure_plain(const plan& wanted) {
  const auto file = wanted.folder / "plain.db";
  std::filesystem::remove(file);
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  std::string columns;
  std::string marks;
  for (std::size_t i = 0; i < metric_names.size(); ++i) {
    columns += fmt::format(", v{} REAL", i);
    marks += ", ?";
  }
  db.exec("CREATE TABLE samples (host INTEGER, ts INTEGER" + columns +
          ", PRIMARY KEY (host, ts)) WITHOUT ROWID");
  const unsigned hosts = std::min(wanted.hosts, 20U);
  std::uint64_t rows = 0;
  {
    SQLite::Transaction transaction(db);
    SQLite::Statement insert(db, "INSERT INTO samples VALUES (?, ?" + marks + ")");
    for (unsigned host = 0; host < hosts; ++host) {
      simulated_host values(host);
      for (std::int64_t at = 0; at < wanted.days * day_ms; at += wanted.step) {
        std::vector<float> out;
        values.values(first_time + at, out);
        insert.bind(1, static_cast<std::int64_t>(host));
        insert.bind(2, static_cast<std::int64_t>(first_time + at));
        for (std::size_t i = 0; i < out.size(); ++i) {
          insert.bind(static_cast<int>(i) + 3, static_cast<double>(out[i]));
        }
        insert.exec();
        insert.reset();
        ++rows;
      }
    }
    transaction.commit();
  }
  const auto end = first_time + wanted.days * day_ms;
  const auto query = [&](unsigned days) {
    return median_ms(50, [&](unsigned i) {
      const auto from = end - days * day_ms;
      SQLite::Statement read(db,
                             fmt::format("SELECT (ts - ?) / ?, min(v{0}), avg(v{0}), max(v{0}) FROM samples "
                                         "WHERE host = ? AND ts >= ? AND ts <= ? GROUP BY 1",
                                         i % metric_names.size()));
      read.bind(1, from);
      read.bind(2, static_cast<std::int64_t>(days * day_ms / 240));
      read.bind(3, static_cast<std::int64_t>(i % hosts));
      read.bind(4, from);
      read.bind(5, end);
      while (read.executeStep()) {
      }
    });
  };
  return {static_cast<double>(std::filesystem::file_size(file)) / static_cast<double>(rows), query(1),
          query(wanted.days)};
}

unsigned number(const char* text) {
  const auto value = std::strtoul(text, nullptr, 10);
  if (value == 0 || value > 1'000'000) {
    fmt::print(stderr, "bench_history: {} is not a number from 1 on\n", text);
    std::exit(2);
  }
  return static_cast<unsigned>(value);
}

}  // namespace

int main(int argc, char** argv) {
  plan wanted;
  for (int i = 1; i < argc; i += 2) {
    const std::string flag = i + 1 < argc ? argv[i] : "";
    if (flag == "--hosts") {
      wanted.hosts = number(argv[i + 1]);
    } else if (flag == "--days") {
      wanted.days = number(argv[i + 1]);
    } else if (flag == "--step") {
      wanted.step = number(argv[i + 1]) * std::int64_t{1000};
    } else {
      fmt::print(stderr, "usage: bench_history [--hosts 50] [--days 30] [--step 60]\n");
      return 2;
    }
  }
  auto folder = (std::filesystem::temp_directory_path() / "atlas-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    return 1;
  }
  wanted.folder = folder;
  const auto file = wanted.folder / "fleet.db";
  if (!tenants::registry::open(file)) {
    return 1;
  }
  const auto samples =
      static_cast<double>(wanted.hosts) * static_cast<double>(wanted.days * day_ms / wanted.step);
  fmt::print("{} hosts, {} days, a sample every {} s: {:.0f} samples of {} numbers\n", wanted.hosts,
             wanted.days, wanted.step / 1000, samples, metric_names.size());
  {
    metric_dictionary names;
    sample_store store(file, names, {}, {});
    const auto seconds = fill(wanted, store, names);
    fmt::print("filled in {:.0f} s, {:.0f} samples a second\n", seconds, samples / seconds);
  }
  metric_dictionary names;
  sample_store store(file, names, {}, {});
  const auto bytes = static_cast<double>(std::filesystem::file_size(file));
  std::size_t day_points = 0;
  std::size_t month_points = 0;
  const auto day = ask(store, wanted, 1, 240, day_points);
  const auto month = ask(store, wanted, wanted.days, 720, month_points);
  const auto plain = measure_plain(wanted);
  fmt::print("{:<28}{:>12}{:>12}{:>9}\n", "", "history", "plain table", "ratio");
  const auto show = [](std::string_view what, double ours, double theirs) {
    fmt::print("{:<28}{:>12.2f}{:>12.2f}{:>9.3f}\n", what, ours, theirs, ours / theirs);
  };
  show("bytes a sample", bytes / samples, plain.bytes_per_sample);
  show(fmt::format("24 h, {} points, median ms", day_points), day, plain.day_ms_median);
  show(fmt::format("{} days, {} points, ms", wanted.days, month_points), month, plain.month_ms_median);
  std::filesystem::remove_all(wanted.folder);
  const bool good = bytes / samples < 40 && day < 20 && month < 50;
  fmt::print("{}\n", good ? "within the goals: 40 bytes, 20 ms, 50 ms"
                          : "NOT within the goals: 40 bytes, 20 ms, 50 ms");
  return good ? 0 : 1;
}
