// The planner's state as JSON: what lets a restarted service go on without a word.
#include "core/notify_planner.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace atlas {

namespace {

using json = nlohmann::json;

json time_or_null(const std::optional<unix_ms>& time) { return time ? json(to_int(*time)) : json(nullptr); }

std::optional<unix_ms> read_time(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(from_unix_ms(value.get<std::int64_t>()));
}

json times(const std::vector<unix_ms>& values) {
  auto out = json::array();
  for (const auto value : values) {
    out.push_back(to_int(value));
  }
  return out;
}

}  // namespace

std::string notify_planner::save() {
  const auto write = [](const std::map<std::string, tracked>& alerts) {
    auto out = json::array();
    for (const auto& [id, known] : alerts) {
      out.push_back({{"alert", format_alert(known.noted.value)},
                     {"firing", known.noted.firing},
                     {"acknowledged", known.noted.acknowledged},
                     {"since", to_int(known.since)},
                     {"turns", known.turns},
                     {"announced", known.announced},
                     {"flapping", known.flapping},
                     {"worse", known.worse}});
    }
    return out;
  };
  json out{{"v", 1},
           {"next", next_number_},
           {"window", time_or_null(window_since_)},
           {"waiting", write(waiting_)}};
  auto& open = out["incidents"] = json::array();
  for (const auto& [number, where] : incidents_) {
    json told = json::object();
    for (const auto& [channel, time] : where.told) {
      told[channel] = to_int(time);
    }
    open.push_back({{"number", number},
                    {"id", where.id},
                    {"opened", to_int(where.opened)},
                    {"mass", where.mass},
                    {"noisy", where.noisy},
                    {"quiet", time_or_null(where.quiet_since)},
                    {"messages", where.messages},
                    {"told", std::move(told)},
                    {"alerts", write(where.alerts)}});
  }
  auto& spent = out["spent"] = json::object();
  for (const auto& [id, values] : spent_) {
    spent[id] = times(values);
  }
  changed_ = false;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

result<void> notify_planner::load(std::string_view text) {
  const auto read = [](const json& alerts) {
    std::map<std::string, tracked> out;
    for (const auto& one : alerts) {
      auto value = parse_alert(one.at("alert").get<std::string>());
      if (!value) {
        continue;  // of a rule that this version does not know
      }
      auto id = value->key.id();
      out.emplace(std::move(id), tracked{{*std::move(value), one.at("firing").get<bool>(),
                                          one.at("acknowledged").get<bool>()},
                                         from_unix_ms(one.at("since").get<std::int64_t>()),
                                         one.at("turns").get<std::uint32_t>(),
                                         one.at("announced").get<bool>(),
                                         one.at("flapping").get<bool>(),
                                         one.at("worse").get<bool>()});
    }
    return out;
  };
  notify_planner loaded(rules_);
  try {
    const auto in = json::parse(text);
    if (in.at("v") != 1) {
      return failure("the state of notifications", "is of another version");
    }
    loaded.next_number_ = in.at("next").get<std::uint64_t>();
    loaded.window_since_ = read_time(in.at("window"));
    loaded.waiting_ = read(in.at("waiting"));
    for (const auto& one : in.at("incidents")) {
      const auto number = one.at("number").get<std::uint64_t>();
      incident where;
      where.id = one.at("id").get<std::string>();
      where.opened = from_unix_ms(one.at("opened").get<std::int64_t>());
      where.mass = one.at("mass").get<bool>();
      where.noisy = one.at("noisy").get<bool>();
      where.quiet_since = read_time(one.at("quiet"));
      where.messages = one.at("messages").get<std::uint32_t>();
      for (const auto& [channel, time] : one.at("told").items()) {
        where.told[channel] = from_unix_ms(time.get<std::int64_t>());
      }
      where.alerts = read(one.at("alerts"));
      if (where.alerts.empty()) {
        continue;
      }
      const auto [kept, is_new] = loaded.incidents_.emplace(number, std::move(where));
      if (!is_new) {
        return failure("the state of notifications", "names an incident twice");
      }
      for (const auto& [id, known] : kept->second.alerts) {
        loaded.home_[id] = number;
      }
    }
    for (const auto& [id, values] : in.at("spent").items()) {
      for (const auto& value : values) {
        loaded.spent_[id].push_back(from_unix_ms(value.get<std::int64_t>()));
      }
    }
  } catch (const json::exception&) {
    return failure("the state of notifications", "is not as this version writes it");
  }
  *this = std::move(loaded);
  return {};
}

}  // namespace atlas
