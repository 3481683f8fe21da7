#include "core/notification.hpp"

#include "core/clean_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace atlas {

namespace {

constexpr std::size_t longest_line = 400;  // bytes

constexpr std::array all_kinds{notice_kind::opened, notice_kind::grown, notice_kind::repeated,
                               notice_kind::escalated, notice_kind::resolved};

std::string number_text(double value) {
  const double rounded = std::round(value * 10) / 10;
  return fmt::format("{:g}", std::isfinite(rounded) ? rounded : 0.0);
}

std::string span_text(milliseconds span) {
  const auto seconds = std::max<std::int64_t>(span.count() / 1000, 0);
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (seconds < 2 * minute) return fmt::format("{} s", seconds);
  if (seconds < 2 * hour) return fmt::format("{} min", seconds / minute);
  return seconds < 2 * day ? fmt::format("{} h", seconds / hour) : fmt::format("{} days", seconds / day);
}

std::size_t count_hosts(const notice& what) {
  std::set<std::string_view> hosts;
  for (const auto& one : what.alerts) {
    hosts.insert(one.value.key.host.text());
  }
  return hosts.size();
}

std::string name_of(const alert_key& key) {
  const bool whole = key.host == organisation_host();
  auto out = whole ? std::string() : std::string(key.host.text()) + ": ";
  out += to_string(key.rule);
  if (!key.instance.empty()) {
    out += " " + key.instance;
  }
  return out;
}

std::string mass_headline(const notice& what) {
  const auto hosts = count_hosts(what);
  const auto time = std::chrono::system_clock::to_time_t(what.opened);
  if (what.kind == notice_kind::resolved) {
    return fmt::format("{} hosts are back after {}", hosts, span_text(what.at - what.opened));
  }
  return fmt::format("{} of {} hosts lost, {:%H:%M:%S} UTC", hosts, std::max(what.fleet_size, hosts),
                     fmt::gmtime(time));
}

std::string_view prefix(const notice& what) {
  switch (what.kind) {
    case notice_kind::opened: return "";
    case notice_kind::grown: return what.mass ? "more: " : "worse: ";
    case notice_kind::repeated: return "still: ";
    case notice_kind::escalated: return "not acknowledged: ";
    case notice_kind::resolved: return what.mass ? "" : "resolved: ";
  }
  return "";
}

std::string subject_of(const notice& what) {
  if (what.mass) {
    return mass_headline(what);
  }
  if (what.alerts.size() == 1) {
    return describe(what.alerts.front());
  }
  return fmt::format("{} alerts on {} hosts", what.alerts.size(), count_hosts(what));
}

}  // namespace

std::string_view to_string(notice_kind kind) {
  switch (kind) {
    case notice_kind::opened: return "opened";
    case notice_kind::grown: return "grown";
    case notice_kind::repeated: return "repeated";
    case notice_kind::escalated: return "escalated";
    case notice_kind::resolved: return "resolved";
  }
  return "";
}

std::string utc_text(unix_ms time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string describe(const noted_alert& what) {
  const auto& key = what.value.key;
  auto line = name_of(key);
  if (!what.firing) {
    line += " is over";
  } else if (key.rule == alert_rule::offline) {
    line += fmt::format(", not heard of for {} s", number_text(what.value.value));
  } else {
    line +=
        fmt::format(" at {}, threshold {}", number_text(what.value.value), number_text(what.value.threshold));
  }
  return clean_text(line, longest_line);
}

std::string headline(const notice& what) {
  auto line = std::string(prefix(what)) + subject_of(what);
  if (what.noisy) {
    line += " (keeps changing: the next word comes when it is steady)";
  }
  return clean_text(line, longest_line);
}

std::string format_notice(const notice& what) {
  auto alerts = nlohmann::json::array();
  for (const auto& one : what.alerts) {
    alerts.push_back(
        {{"alert", format_alert(one.value)}, {"firing", one.firing}, {"acknowledged", one.acknowledged}});
  }
  const nlohmann::json out{{"incident", what.incident},     {"number", what.number},
                           {"kind", to_string(what.kind)},  {"mass", what.mass},
                           {"noisy", what.noisy},           {"severity", to_string(what.severity)},
                           {"opened", to_int(what.opened)}, {"at", to_int(what.at)},
                           {"fleet_size", what.fleet_size}, {"alerts", std::move(alerts)}};
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

result<notice> parse_notice(std::string_view json) {
  const auto wrong = [](std::string_view what) { return failure("notice", std::string(what)); };
  try {
    const auto in = nlohmann::json::parse(json);
    notice out;
    out.incident = in.at("incident").get<std::string>();
    out.number = in.at("number").get<std::uint32_t>();
    const auto kind = in.at("kind").get<std::string>();
    const auto* found = std::ranges::find(all_kinds, kind, [](notice_kind one) { return to_string(one); });
    if (found == all_kinds.end()) {
      return wrong("has an unknown kind");
    }
    out.kind = *found;
    out.mass = in.at("mass").get<bool>();
    out.noisy = in.at("noisy").get<bool>();
    const auto severity = parse_alert_severity(in.at("severity").get<std::string>());
    if (!severity) {
      return wrong("has an unknown severity");
    }
    out.severity = *severity;
    out.opened = from_unix_ms(in.at("opened").get<std::int64_t>());
    out.at = from_unix_ms(in.at("at").get<std::int64_t>());
    out.fleet_size = in.at("fleet_size").get<std::size_t>();
    for (const auto& one : in.at("alerts")) {
      auto value = parse_alert(one.at("alert").get<std::string>());
      if (!value) {
        continue;  // of a rule that this version does not know
      }
      out.alerts.push_back(
          {*std::move(value), one.at("firing").get<bool>(), one.at("acknowledged").get<bool>()});
    }
    return out;
  } catch (const nlohmann::json::exception&) {
    return wrong("is not as this version writes it");
  }
}

}  // namespace atlas
