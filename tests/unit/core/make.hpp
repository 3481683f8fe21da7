#pragma once

#include "core/host_id.hpp"
#include "core/org_id.hpp"
#include "core/sample.hpp"

#include <string>
#include <string_view>

namespace atlas::test {

inline constexpr std::string_view org_text = "aaaaaaaa-0000-4000-8000-00000000000a";

inline org_id make_org(std::string_view text = org_text) { return org_id::parse(text).value(); }
inline host_id make_host(std::string_view text = "h1") { return host_id::parse(text).value(); }

// 2025-11-24, and then `seconds`.
inline unix_ms at(double seconds) {
  return from_unix_ms(1'764'000'000'000 + static_cast<std::int64_t>(seconds * 1000));
}

// The sample of topics.md.
inline constexpr std::string_view contract_payload =
    R"({"v":1, "ts":1764000000123, "seq":42, "boot":"5f0c", "interval":10,)"
    R"( "cpu":{"percent":12.5,"cores":[10.1,14.9],"load":[0.1,0.2,0.3],"iowait":0.4,"steal":0.0},)"
    R"( "memory":{"total":8589934592,"used":3700000000,"available":4889934592,"percent":43.1,)"
    R"("swap_total":0,"swap_used":0},)"
    R"( "disks":[{"mount":"/","device":"/dev/sda1","fs":"ext4","total":1,"used":1,"percent":71.0,)"
    R"("read_bps":0,"write_bps":0}],)"
    R"( "network":[{"name":"eth0","rx_bps":1200,"tx_bps":800}],)"
    R"( "temperatures":[{"name":"cpu","celsius":51.0}], "battery":{"percent":80,"charging":true},)"
    R"( "uptime":86400, "processes":213})";

inline sample contract_sample() {
  sample value;
  value.ts = from_unix_ms(1'764'000'000'123);
  value.seq = 42;
  value.boot = "5f0c";
  value.interval = 10;
  value.cpu = {12.5, {10.1, 14.9}, {{0.1, 0.2, 0.3}}, 0.4, 0.0};
  value.memory = {43.1, 8'589'934'592, 3'700'000'000, 4'889'934'592, 0, 0};
  value.disks = {{"/", "/dev/sda1", "ext4", 1, 1, 71, 0.0, 0.0}};
  value.network = {{"eth0", 1200, 800}};
  value.temperatures = {{"cpu", 51}};
  value.battery = {80, true};
  value.uptime = 86'400;
  value.processes = 213;
  return value;
}

// A small sample `seconds` after at(0), without seq and boot.
inline sample make_sample(double seconds, double cpu = 10, double memory = 10) {
  sample value;
  value.ts = at(seconds);
  value.cpu.percent = cpu;
  value.memory.percent = memory;
  return value;
}

inline sample numbered(std::string boot, std::uint64_t seq, double seconds) {
  auto value = make_sample(seconds);
  value.boot = std::move(boot);
  value.seq = seq;
  return value;
}

}  // namespace atlas::test
