#pragma once

#include "core/fleet.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atlas::web {

// The numbers by which hosts are sorted, searched and coloured. Each has the name that people type.
//   cpu, memory, swap, iowait, battery   percent
//   disk                                 percent of the fullest file system
//   load                                 of one minute, per logical CPU
//   temperature                          Celsius, of the hottest sensor
//   traffic                              bytes per second, received and sent, without the loopback
//   processes, cores, alerts             a count
//   ram                                  bytes
//   uptime                               seconds
enum class host_figure {
  cpu,
  memory,
  swap,
  disk,
  load,
  iowait,
  temperature,
  battery,
  traffic,
  processes,
  uptime,
  cores,
  ram,
  alerts
};

std::optional<host_figure> parse_figure(std::string_view name);
std::string_view to_string(host_figure figure);
// "cpu, memory, …" for messages.
std::string figure_names();

// Nothing where the host does not report it, and for what is measured nothing while the host is not online:
// its last figures say nothing of now.
std::optional<double> figure_of(const host_state& host, host_figure figure);

// How full, how hot, how busy: 0 to 100 for a colour.
std::optional<double> percent_of(const host_state& host, host_figure figure);

bool is_online(const host_state& host);
// It has an alert, or it is lost or silent.
bool is_in_trouble(const host_state& host);

}  // namespace atlas::web
