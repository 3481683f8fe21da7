#include "tenants/notify_settings.hpp"

#include "tenants/config_values.hpp"
#include "tenants/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace atlas::tenants {

namespace {

constexpr std::size_t max_channels = 16;
constexpr std::size_t max_receivers = 50;
constexpr std::size_t max_secret = 1'000;
constexpr std::uint32_t longest_wait = 10'080;  // minutes: a week

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  });
}

std::string accept_channel_name(std::string& text) {
  return is_name(text) ? std::string() : "must be 1 to 40 letters, digits, '-', '_' and '.'";
}

std::string accept_secret(std::string& text) {
  const bool good = !text.empty() && text.size() <= max_secret &&
                    std::none_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return good ? std::string() : "must be one line of 1 to 1000 characters";
}

// Takes the members of one object by name; what nobody asked for is unknown.
class object_reader {
 public:
  object_reader(const json& object, std::string path, std::vector<error>& mistakes)
      : object_(object), path_(std::move(path)), mistakes_(mistakes) {}

  std::string path(std::string_view name) const { return json_path(path_, name); }
  void wrong(std::string_view name, std::string what) { mistakes_.push_back({path(name), std::move(what)}); }

  const json* find(std::string_view name) {
    known_.push_back(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  enum class kind { plain, secret };

  void text(std::string_view name, std::string (*accept)(std::string&), std::string& out, bool required,
            kind shown = kind::plain) {
    const auto* value = find(name);
    if (value == nullptr) {
      if (required) wrong(name, "is missing");
      return;
    }
    auto given = value->is_string() ? value->get<std::string>() : std::string();
    auto mistake = value->is_string() ? accept(given) : std::string("must be a text");
    if (mistake.empty()) {
      out = std::move(given);
    } else if (shown == kind::secret) {
      wrong(name, std::move(mistake));
    } else {
      wrong(name, fmt::format("{}, not {}", mistake, shown_value(*value)));
    }
  }

  void truth(std::string_view name, bool& out) {
    const auto* value = find(name);
    if (value != nullptr && !value->is_boolean()) {
      wrong(name, fmt::format("must be true or false, not {}", shown_value(*value)));
    } else if (value != nullptr) {
      out = value->get<bool>();
    }
  }

  template <class Number>
  void whole(std::string_view name, std::uint32_t least, std::uint32_t most, Number& out) {
    const auto* value = find(name);
    if (value == nullptr) return;
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (number >= least && number <= most && number == std::floor(number)) {
      out = static_cast<Number>(number);
    } else {
      wrong(name,
            fmt::format("must be a whole number from {} to {}, not {}", least, most, shown_value(*value)));
    }
  }

  template <class Enum, class Values>
  void choice(std::string_view name, const Values& values, Enum& out, bool required = false) {
    const auto* value = find(name);
    if (value == nullptr) {
      if (required) wrong(name, "is missing");
      return;
    }
    const auto given = value->is_string() ? value->get<std::string>() : std::string();
    std::string all;
    for (const auto candidate : values) {
      if (given == to_string(candidate)) {
        out = candidate;
        return;
      }
      all += fmt::format("{}\"{}\"", all.empty() ? "" : ", ", to_string(candidate));
    }
    wrong(name, fmt::format("must be one of {}, not {}", all, shown_value(*value)));
  }

  void finish() {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      const auto near = nearest(name, known_);
      wrong(name, near.empty() ? "is not known here"
                               : fmt::format("is not known here; did you mean \"{}\"?", near));
    }
  }

 private:
  const json& object_;
  std::string path_;
  std::vector<error>& mistakes_;
  std::vector<std::string_view> known_;
};

void read_smtp(object_reader& channel, notify_channel& out, std::vector<error>& mistakes) {
  const auto* value = channel.find("smtp");
  if (value == nullptr || !value->is_object()) {
    channel.wrong("smtp", value == nullptr ? "is missing" : "must be an object");
  } else {
    object_reader smtp(*value, channel.path("smtp"), mistakes);
    smtp.text("host", accept_address, out.smtp.host, true);
    smtp.choice("security", all_smtp_securities, out.smtp.security);
    if (out.smtp.security == smtp_security::tls) out.smtp.port = 465;
    smtp.whole("port", 1, 65'535, out.smtp.port);
    smtp.text("user", accept_secret, out.smtp.user, false);
    smtp.text("password", accept_secret, out.smtp.password, false, object_reader::kind::secret);
    if (out.smtp.security == smtp_security::none && !out.smtp.password.empty()) {
      smtp.wrong("password", "must not go over the network in the clear: \"security\" must not be \"none\"");
    }
    smtp.finish();
  }
  channel.text("from", accept_mail_address, out.from, true);
  const auto* to = channel.find("to");
  if (to == nullptr || !to->is_array() || to->empty() || to->size() > max_receivers) {
    channel.wrong("to", fmt::format("must be a list of 1 to {} e-mail addresses", max_receivers));
    return;
  }
  for (std::size_t i = 0; i < to->size(); ++i) {
    auto address = (*to)[i].is_string() ? (*to)[i].get<std::string>() : std::string();
    if (auto mistake = accept_mail_address(address); !mistake.empty()) {
      mistakes.push_back({fmt::format("{}[{}]", channel.path("to"), i),
                          fmt::format("{}, not {}", mistake, shown_value((*to)[i]))});
    }
    out.to.push_back(std::move(address));
  }
}

void read_templates(object_reader& channel, notify_channel& out, std::vector<error>& mistakes) {
  const auto* value = channel.find("templates");
  if (value == nullptr) return;
  if (!value->is_object()) {
    channel.wrong("templates", "must be an object");
    return;
  }
  object_reader templates(*value, channel.path("templates"), mistakes);
  templates.text("subject", accept_template, out.templates.subject, false, object_reader::kind::secret);
  templates.text("text", accept_template, out.templates.text, false, object_reader::kind::secret);
  templates.finish();
}

notify_channel read_channel(const json& value, const std::string& path, std::vector<error>& mistakes) {
  notify_channel out;
  object_reader channel(value, path, mistakes);
  channel.choice("type", all_channel_types, out.type, true);
  channel.text("name", accept_channel_name, out.name, true);
  switch (out.type) {
    case channel_type::email: read_smtp(channel, out, mistakes); break;
    case channel_type::webhook:
      channel.text("url", accept_notify_url, out.url, true, object_reader::kind::secret);
      channel.text("secret", accept_secret, out.secret, false, object_reader::kind::secret);
      break;
    case channel_type::ntfy:
      channel.text("url", accept_notify_url, out.url, true, object_reader::kind::secret);
      channel.text("token", accept_secret, out.token, false, object_reader::kind::secret);
      break;
    case channel_type::slack:
    case channel_type::teams:
    case channel_type::discord:
      channel.text("url", accept_notify_url, out.url, true, object_reader::kind::secret);
      break;
  }
  std::string ca_file;
  channel.text("ca_file", accept_path, ca_file, false);
  if (!ca_file.empty()) out.ca_file = ca_file;
  channel.choice("min_severity", std::array{alert_severity::warning, alert_severity::critical},
                 out.min_severity);
  channel.truth("resolved", out.resolved);
  channel.whole("repeat_minutes", 0, longest_wait, out.repeat_minutes);
  channel.whole("escalate_minutes", 0, longest_wait, out.escalate_minutes);
  channel.truth("allow_local", out.allow_local);
  read_templates(channel, out, mistakes);
  channel.finish();
  return out;
}

json write_channel(const notify_channel& channel) {
  json out{{"type", to_string(channel.type)}, {"name", channel.name}};
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  add("url", channel.url);
  add("secret", channel.secret);
  add("token", channel.token);
  if (channel.type == channel_type::email) {
    const auto& smtp = channel.smtp;
    out["smtp"] = {{"host", smtp.host}, {"port", smtp.port}, {"security", to_string(smtp.security)}};
    if (!smtp.user.empty()) out["smtp"]["user"] = smtp.user;
    if (!smtp.password.empty()) out["smtp"]["password"] = smtp.password;
    out["from"] = channel.from;
    out["to"] = channel.to;
  }
  if (channel.ca_file) out["ca_file"] = channel.ca_file->string();
  out["min_severity"] = to_string(channel.min_severity);
  out["resolved"] = channel.resolved;
  out["repeat_minutes"] = channel.repeat_minutes;
  out["escalate_minutes"] = channel.escalate_minutes;
  out["allow_local"] = channel.allow_local;
  if (channel.templates != notify_templates{}) {
    out["templates"] = json::object();
    if (!channel.templates.subject.empty()) out["templates"]["subject"] = channel.templates.subject;
    if (!channel.templates.text.empty()) out["templates"]["text"] = channel.templates.text;
  }
  return out;
}

}  // namespace

std::vector<notify_channel> read_channels(const json& value, const std::string& path,
                                          std::vector<error>& mistakes) {
  std::vector<notify_channel> out;
  if (!value.is_array() || value.size() > max_channels) {
    mistakes.push_back({path, fmt::format("must be a list of at most {} channels", max_channels)});
    return out;
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto here = fmt::format("{}[{}]", path, i);
    if (!value[i].is_object()) {
      mistakes.push_back({here, fmt::format("must be an object, not {}", shown_value(value[i]))});
      continue;
    }
    auto channel = read_channel(value[i], here, mistakes);
    if (!channel.name.empty() && !names.insert(channel.name).second) {
      mistakes.push_back(
          {here + ".name", fmt::format("\"{}\" is the name of another channel too", channel.name)});
    }
    out.push_back(std::move(channel));
  }
  return out;
}

json write_channels(const std::vector<notify_channel>& channels) {
  auto out = json::array();
  for (const auto& channel : channels) out.push_back(write_channel(channel));
  return out;
}

void mask_channels(json& list) {
  constexpr const char* hidden = "********";
  for (auto& channel : list) {
    for (const auto* name : {"secret", "token"}) {
      if (channel.contains(name)) channel[name] = hidden;
    }
    if (channel.contains("smtp") && channel["smtp"].contains("password"))
      channel["smtp"]["password"] = hidden;
    if (channel.contains("url")) {
      const auto url = channel["url"].get<std::string>();
      const auto path = url.find('/', url.find("://") + 3);
      channel["url"] = path == std::string::npos ? url : url.substr(0, path + 1) + hidden;
    }
  }
}

}  // namespace atlas::tenants
