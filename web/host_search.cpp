#include "web/host_search.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>

namespace atlas::web {

namespace {

using text_field = host_search::text_field;
using comparison = host_search::comparison;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// `needle` is lower case already.
bool contains(std::string_view text, std::string_view needle) {
  return !std::ranges::search(text, needle, [](char a, char b) { return lower(a) == b; }).empty();
}

bool equals(std::string_view text, std::string_view wanted) {
  return std::ranges::equal(text, wanted, [](char a, char b) { return lower(a) == b; });
}

bool begins(std::string_view text, std::string_view wanted) {
  return text.size() >= wanted.size() && equals(text.substr(0, wanted.size()), wanted);
}

// The next word, without its quotes: `tag:"two words"` is one.
std::string next_word(std::string_view& rest) {
  std::string word;
  bool quoted = false;
  std::size_t used = 0;
  for (; used < rest.size(); ++used) {
    const char c = rest[used];
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      if (!word.empty()) {
        break;
      }
    } else {
      word += lower(c);
    }
  }
  rest.remove_prefix(used);
  return word;
}

struct field_name {
  std::string_view name;
  text_field field;
};
constexpr std::array field_names{field_name{"name", text_field::name},   field_name{"os", text_field::system},
                                 field_name{"model", text_field::model}, field_name{"arch", text_field::arch},
                                 field_name{"agent", text_field::agent}, field_name{"tag", text_field::tag},
                                 field_name{"ip", text_field::address}};

// "1.5k", "80%", "7d"; nothing when it is no number.
std::optional<double> parse_number(std::string_view text) {
  struct unit {
    std::string_view name;
    double factor;
  };
  constexpr std::array units{unit{"", 1},      unit{"%", 1},      unit{"k", 1e3},  unit{"g", 1e9},
                             unit{"t", 1e12},  unit{"s", 1},      unit{"min", 60}, unit{"h", 3600},
                             unit{"d", 86400}, unit{"w", 604800}, unit{"m", 1e6}};
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || !(value > -1e18 && value < 1e18)) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto found = std::ranges::find(units, text, &unit::name);
  return found == units.end() ? std::nullopt : std::optional(value * found->factor);
}

struct parsed_comparison {
  host_figure figure;
  comparison how;
  double value;
};

std::optional<parsed_comparison> parse_comparison(std::string_view word) {
  const auto sign = word.find_first_of("<>=");
  if (sign == std::string_view::npos) {
    return std::nullopt;
  }
  const auto figure = parse_figure(word.substr(0, sign));
  const bool or_equal = sign + 1 < word.size() && word[sign] != '=' && word[sign + 1] == '=';
  auto number = parse_number(word.substr(sign + (or_equal ? 2 : 1)));
  if (!figure || !number) {
    return std::nullopt;
  }
  constexpr double seconds_a_minute = 60;
  if (*figure == host_figure::uptime && word.ends_with('m')) {
    *number = *number / 1e6 * seconds_a_minute;  // of time, not millions
  }
  switch (word[sign]) {
    case '<': return parsed_comparison{*figure, or_equal ? comparison::at_most : comparison::less, *number};
    case '>':
      return parsed_comparison{*figure, or_equal ? comparison::at_least : comparison::greater, *number};
    default: return parsed_comparison{*figure, comparison::equal, *number};
  }
}

bool any_of_info(const host_state& host, const host_info& info, std::string_view wanted) {
  for (const auto* text : {&info.hostname, &info.os, &info.version, &info.model, &info.arch}) {
    if (contains(*text, wanted)) {
      return true;
    }
  }
  const auto fits = [wanted](const std::string& text) { return contains(text, wanted); };
  return std::ranges::any_of(host.tags, fits) || std::ranges::any_of(info.addresses, fits) ||
         contains(host.label.note, wanted);
}

// Of an interface's address, such as "192.0.2.7/24" or "fe80::1%eth0".
std::optional<ip_address> address_in(std::string_view text) {
  return ip_address::parse(text.substr(0, text.find_first_of("/%")));
}

}  // namespace

host_search::host_search(std::string_view typed) {
  auto rest = typed.substr(0, max_bytes);
  for (;;) {
    const auto word = next_word(rest);
    if (word.empty()) {
      return;
    }
    const bool negated = word.size() > 1 && word.front() == '-';
    terms_.push_back({negated, parse_term(std::string_view(word).substr(negated ? 1 : 0))});
  }
}

decltype(host_search::term::what) host_search::parse_term(std::string_view word) {
  if (const auto compared = parse_comparison(word)) {
    return of_figure{compared->figure, compared->how, compared->value};
  }
  const auto colon = word.find(':');
  if (colon != std::string_view::npos && colon + 1 < word.size()) {
    const auto key = word.substr(0, colon);
    auto value = word.substr(colon + 1);
    if (key == "state") {
      in_state wanted;
      while (!value.empty()) {
        const auto one = value.substr(0, value.find(','));
        value.remove_prefix(std::min(value.size(), one.size() + 1));
        const auto means = [one](std::string_view name) { return !one.empty() && name.starts_with(one); };
        wanted.trouble = wanted.trouble || means("trouble");
        wanted.offline = wanted.offline || means("offline");
        std::ranges::copy_if(all_presences, std::back_inserter(wanted.any_of),
                             [&](host_presence presence) { return means(to_string(presence)); });
      }
      return wanted;
    }
    if (key == "ip") {
      if (const auto network = ip_network::parse(value)) {
        return in_network{*network};
      }
    }
    const auto found = std::ranges::find(field_names, key, &field_name::name);
    if (found != field_names.end()) {
      return in_text{found->field, std::string(value)};
    }
  }
  return in_text{text_field::any, std::string(word)};
}

bool host_search::fits(const host_state& host) const {
  return std::ranges::all_of(terms_, [&](const term& each) {
    return std::visit([&](const auto& wanted) { return fits(host, wanted); }, each.what) != each.negated;
  });
}

bool host_search::fits(const host_state& host, const in_state& wanted) {
  return (wanted.trouble && is_in_trouble(host)) || (wanted.offline && !is_online(host)) ||
         std::ranges::find(wanted.any_of, host.presence.presence) != wanted.any_of.end();
}

bool host_search::fits(const host_state& host, const in_text& wanted) {
  static const host_info none;
  const auto& info = host.info ? *host.info : none;
  switch (wanted.field) {
    case text_field::any:
      return contains(host.id.text(), wanted.text) || any_of_info(host, info, wanted.text);
    case text_field::name:
      return contains(host.id.text(), wanted.text) || contains(info.hostname, wanted.text);
    case text_field::system: return contains(info.os, wanted.text) || contains(info.version, wanted.text);
    case text_field::model: return contains(info.model, wanted.text);
    case text_field::arch: return contains(info.arch, wanted.text);
    case text_field::agent: return begins(info.agent_version, wanted.text);
    case text_field::tag:
      return std::ranges::any_of(host.tags, [&](const std::string& tag) { return equals(tag, wanted.text); });
    case text_field::address:
      return std::ranges::any_of(info.addresses,
                                 [&](const std::string& address) { return begins(address, wanted.text); });
  }
  return false;
}

bool host_search::fits(const host_state& host, const in_network& wanted) {
  return host.info && std::ranges::any_of(host.info->addresses, [&](const std::string& text) {
           const auto address = address_in(text);
           return address && wanted.network.contains(*address);
         });
}

bool host_search::fits(const host_state& host, const of_figure& wanted) {
  const auto value = figure_of(host, wanted.figure);
  if (!value) {
    return false;
  }
  switch (wanted.how) {
    case comparison::less: return *value < wanted.value;
    case comparison::at_most: return *value <= wanted.value;
    case comparison::equal: return std::abs(*value - wanted.value) < 0.5;  // as it is shown, rounded
    case comparison::at_least: return *value >= wanted.value;
    case comparison::greater: return *value > wanted.value;
  }
  return false;
}

}  // namespace atlas::web
