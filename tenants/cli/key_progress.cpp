#include "tenants/cli/key_progress.hpp"

#include "tenants/rotation.hpp"

#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::chrono::milliseconds between_looks{250};

json names_of(const std::vector<host_id>& hosts) {
  auto names = json::array();
  for (const auto& host : hosts) names.push_back(host.text());
  return names;
}

void print_hosts(context& ctx, std::string_view heading, const std::vector<host_id>& hosts) {
  if (hosts.empty()) return;
  ctx.out << heading << '\n';
  for (const auto& host : hosts) ctx.out << "  " << host.text() << '\n';
}

}  // namespace

tl::expected<key_standing, int> read_key_standing(context& ctx, const tenants::tenant& org) {
  const auto registry = open_registry(ctx, org);
  if (!registry) return tl::unexpected(registry.error());
  const auto keys = tenants::read_key_ring(ctx.root, org.slug);
  if (!keys) return tl::unexpected(report(ctx, keys.error()));
  const auto hosts = registry->hosts();
  if (!hosts) return tl::unexpected(report(ctx, hosts.error()));
  key_standing standing;
  if (const auto& under_way = keys->under_way()) {
    standing.started = under_way->started;
    standing.ends = under_way->ends;
  }
  standing.hosts = tenants::progress_of(*keys, *hosts);
  return standing;
}

json describe(const key_standing& standing) {
  const auto time = [](const std::optional<unix_ms>& value) { return value ? json(to_int(*value)) : json(); };
  const auto& hosts = standing.hosts;
  return {{"rotating", standing.ends.has_value()},
          {"started", time(standing.started)},
          {"ends", time(standing.ends)},
          {"total", hosts.moved + hosts.waiting.size() + hosts.cut_off.size()},
          {"moved", hosts.moved},
          {"waiting", names_of(hosts.waiting)},
          {"cut_off", names_of(hosts.cut_off)}};
}

void print(context& ctx, const tenants::tenant& org, const key_standing& standing) {
  const auto& hosts = standing.hosts;
  if (standing.ends) {
    ctx.out << fmt::format("{} of {} hosts have moved to it; the others may until {}.\n", hosts.moved,
                           hosts.moved + hosts.waiting.size(), format_time(*standing.ends));
    print_hosts(ctx, "Waited for:", hosts.waiting);
  } else {
    ctx.out << fmt::format("No rotation is under way; {} hosts are on the key.\n", hosts.moved);
  }
  print_hosts(ctx, "Cut off, since they did not come in time:", hosts.cut_off);
  if (!hosts.cut_off.empty()) {
    ctx.out << fmt::format(
        "They come back with '{0} host readmit {1} HOST' and by enrolling again, or with a new file of '{0} "
        "agent-config {1}'.\n",
        program_words(ctx), org.slug);
  }
}

int follow_rotation(context& ctx, const tenants::tenant& org) {
  std::optional<std::size_t> shown;
  for (;;) {
    const auto standing = read_key_standing(ctx, org);
    if (!standing) return standing.error();
    const auto& hosts = standing->hosts;
    if (shown != hosts.moved) {
      shown = hosts.moved;
      ctx.err << fmt::format("{} of {} hosts have moved\n", hosts.moved, hosts.moved + hosts.waiting.size());
      ctx.err.flush();
    }
    if (!standing->ends) return done;
    const auto registry = open_registry(ctx, org);
    if (!registry) return registry.error();
    if (tenants::is_rotation_due(ctx.root, org.slug, *registry, now()) && !sync(ctx)) return failed;
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace atlas::cli
