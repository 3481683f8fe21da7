#include "web/host_figure.hpp"

#include <algorithm>
#include <array>

namespace atlas::web {

namespace {

struct figure_name {
  std::string_view name;
  host_figure figure;
};
constexpr std::array figure_table{figure_name{"cpu", host_figure::cpu},
                                  figure_name{"memory", host_figure::memory},
                                  figure_name{"swap", host_figure::swap},
                                  figure_name{"disk", host_figure::disk},
                                  figure_name{"load", host_figure::load},
                                  figure_name{"iowait", host_figure::iowait},
                                  figure_name{"temperature", host_figure::temperature},
                                  figure_name{"battery", host_figure::battery},
                                  figure_name{"traffic", host_figure::traffic},
                                  figure_name{"processes", host_figure::processes},
                                  figure_name{"uptime", host_figure::uptime},
                                  figure_name{"cores", host_figure::cores},
                                  figure_name{"ram", host_figure::ram},
                                  figure_name{"alerts", host_figure::alerts}};

using figure = std::optional<double>;

figure present(const std::optional<std::uint64_t>& count) {
  return count ? figure(static_cast<double>(*count)) : std::nullopt;
}

figure positive(std::uint64_t count) { return count > 0 ? figure(static_cast<double>(count)) : std::nullopt; }

template <class List, class Value>
figure greatest(const List& list, Value value) {
  figure most;
  for (const auto& each : list) {
    most = std::max(most, figure(value(each)));
  }
  return most;
}

figure cores_of(const host_state& host) {
  if (host.newest && !host.newest->cpu.cores.empty()) {
    return static_cast<double>(host.newest->cpu.cores.size());
  }
  return host.info ? positive(host.info->cores) : std::nullopt;
}

figure ram_of(const host_state& host) {
  if (host.newest && host.newest->memory.total) {
    return present(host.newest->memory.total);
  }
  return host.info ? positive(host.info->memory) : std::nullopt;
}

figure swap_of(const memory_sample& memory) {
  constexpr double percent = 100;
  if (memory.swap_total.value_or(0) == 0 || !memory.swap_used) {
    return std::nullopt;
  }
  return percent * static_cast<double>(*memory.swap_used) / static_cast<double>(*memory.swap_total);
}

figure load_of(const host_state& host) {
  const auto cores = cores_of(host);
  return host.newest->cpu.load && cores ? figure(host.newest->cpu.load->front() / *cores) : std::nullopt;
}

figure traffic_of(const std::vector<network_sample>& network) {
  if (network.empty()) {
    return std::nullopt;
  }
  double sum = 0;
  for (const auto& each : network) {
    sum += each.name == "lo" || each.name == "lo0" ? 0 : each.rx_bps + each.tx_bps;
  }
  return sum;
}

}  // namespace

std::optional<host_figure> parse_figure(std::string_view name) {
  const auto found = std::ranges::find(figure_table, name, &figure_name::name);
  return found == figure_table.end() ? std::nullopt : std::optional(found->figure);
}

std::string_view to_string(host_figure figure) {
  return std::ranges::find(figure_table, figure, &figure_name::figure)->name;
}

std::string figure_names() {
  std::string names;
  for (const auto& each : figure_table) {
    names += names.empty() ? "" : ", ";
    names += each.name;
  }
  return names;
}

std::optional<double> figure_of(const host_state& host, host_figure figure) {
  const bool measured = is_online(host) && host.newest;
  if (!measured && figure != host_figure::cores && figure != host_figure::ram &&
      figure != host_figure::alerts) {
    return std::nullopt;
  }
  static const sample none;
  const auto& now = measured ? *host.newest : none;
  switch (figure) {
    case host_figure::cpu: return now.cpu.percent;
    case host_figure::memory: return now.memory.percent;
    case host_figure::swap: return swap_of(now.memory);
    case host_figure::disk: return greatest(now.disks, [](const disk_sample& d) { return d.percent; });
    case host_figure::load: return load_of(host);
    case host_figure::iowait: return now.cpu.iowait;
    case host_figure::temperature:
      return greatest(now.temperatures, [](const temperature_sample& t) { return t.celsius; });
    case host_figure::battery: return now.battery ? std::optional(now.battery->percent) : std::nullopt;
    case host_figure::traffic: return traffic_of(now.network);
    case host_figure::processes: return present(now.processes);
    case host_figure::uptime: return present(now.uptime);
    case host_figure::cores: return cores_of(host);
    case host_figure::ram: return ram_of(host);
    case host_figure::alerts: return host.warnings + host.criticals;
  }
  return std::nullopt;
}

std::optional<double> percent_of(const host_state& host, host_figure figure) {
  auto value = figure_of(host, figure);
  if (!value) {
    return std::nullopt;
  }
  constexpr double percent = 100;
  if (figure == host_figure::load) {
    *value *= percent;
  } else if (figure == host_figure::battery) {
    *value = percent - *value;  // empty is what wants a look
  }
  return std::clamp(*value, 0.0, percent);
}

bool is_online(const host_state& host) { return host.presence.presence == host_presence::online; }

bool is_in_trouble(const host_state& host) {
  return host.warnings + host.criticals > 0 || host.presence.presence == host_presence::lost ||
         host.presence.presence == host_presence::silent;
}

}  // namespace atlas::web
