#include "core/json_text.hpp"
#include "core/sample_codec.hpp"

#include <iterator>

#include <fmt/format.h>

namespace atlas {

namespace {

// `prefix` is the separator, the quoted name and the colon.
void number(std::string& out, std::string_view prefix, double value) {
  out += prefix;
  append_json_number(out, value);
}

void number(std::string& out, std::string_view prefix, const std::optional<double>& value) {
  if (value) {
    number(out, prefix, *value);
  }
}

void whole(std::string& out, std::string_view prefix, std::uint64_t value) {
  out += prefix;
  append_json_integer(out, value);
}

void whole(std::string& out, std::string_view prefix, const std::optional<std::uint64_t>& value) {
  if (value) {
    whole(out, prefix, *value);
  }
}

void text(std::string& out, std::string_view prefix, std::string_view value) {
  out += prefix;
  append_json_string(out, value);
}

template <class Elements, class Append>
void list(std::string& out, std::string_view prefix, const Elements& elements, Append append) {
  out += prefix;
  char separator = '[';
  for (const auto& element : elements) {
    out += separator;
    append(out, element);
    separator = ',';
  }
  out += ']';
}

template <class Element>
void non_empty_list(std::string& out, std::string_view prefix, const std::vector<Element>& elements,
                    void (*append)(std::string&, const Element&)) {
  if (!elements.empty()) {
    list(out, prefix, elements, append);
  }
}

void append_plain(std::string& out, const double& value) { append_json_number(out, value); }

void append_cpu(std::string& out, const cpu_sample& cpu) {
  number(out, R"("cpu":{"percent":)", cpu.percent);
  non_empty_list(out, R"(,"cores":)", cpu.cores, append_plain);
  if (cpu.load) {
    list(out, R"(,"load":)", *cpu.load, append_plain);
  }
  number(out, R"(,"iowait":)", cpu.iowait);
  number(out, R"(,"steal":)", cpu.steal);
  out += '}';
}

void append_memory(std::string& out, const memory_sample& memory) {
  number(out, R"("memory":{"percent":)", memory.percent);
  whole(out, R"(,"total":)", memory.total);
  whole(out, R"(,"used":)", memory.used);
  whole(out, R"(,"available":)", memory.available);
  whole(out, R"(,"swap_total":)", memory.swap_total);
  whole(out, R"(,"swap_used":)", memory.swap_used);
  out += '}';
}

void append_disk(std::string& out, const disk_sample& disk) {
  text(out, R"({"mount":)", disk.mount);
  if (!disk.device.empty()) {
    text(out, R"(,"device":)", disk.device);
  }
  if (!disk.fs.empty()) {
    text(out, R"(,"fs":)", disk.fs);
  }
  whole(out, R"(,"total":)", disk.total);
  whole(out, R"(,"used":)", disk.used);
  number(out, R"(,"percent":)", disk.percent);
  number(out, R"(,"read_bps":)", disk.read_bps);
  number(out, R"(,"write_bps":)", disk.write_bps);
  out += '}';
}

void append_network(std::string& out, const network_sample& network) {
  text(out, R"({"name":)", network.name);
  number(out, R"(,"rx_bps":)", network.rx_bps);
  number(out, R"(,"tx_bps":)", network.tx_bps);
  out += '}';
}

void append_temperature(std::string& out, const temperature_sample& temperature) {
  text(out, R"({"name":)", temperature.name);
  number(out, R"(,"celsius":)", temperature.celsius);
  out += '}';
}

}  // namespace

void append_sample_members(std::string& out, const sample& value) {
  append_cpu(out, value.cpu);
  out += ',';
  append_memory(out, value.memory);
  non_empty_list(out, R"(,"disks":)", value.disks, append_disk);
  non_empty_list(out, R"(,"network":)", value.network, append_network);
  non_empty_list(out, R"(,"temperatures":)", value.temperatures, append_temperature);
  if (value.battery) {
    number(out, R"(,"battery":{"percent":)", value.battery->percent);
    out += value.battery->charging ? R"(,"charging":true})" : R"(,"charging":false})";
  }
  whole(out, R"(,"uptime":)", value.uptime);
  whole(out, R"(,"processes":)", value.processes);
}

std::string encode_sample(const sample& value) {
  std::string out;
  out.reserve(1024);
  out += R"({"v":1,"ts":)";
  append_json_integer(out, static_cast<std::int64_t>(to_int(value.ts)));
  whole(out, R"(,"seq":)", value.seq);
  if (value.skipped > 0) {
    out += R"(,"skipped":)";
    append_json_integer(out, std::uint64_t{value.skipped});
  }
  if (!value.boot.empty()) {
    text(out, R"(,"boot":)", value.boot);
  }
  if (value.interval) {  // to the last digit: a tiny interval must not be rounded to zero, which is refused
    fmt::format_to(std::back_inserter(out), R"(,"interval":{})", *value.interval);
  }
  out += ',';
  append_sample_members(out, value);
  out += '}';
  return out;
}

}  // namespace atlas
