#include "web/frame_json.hpp"

#include "core/json_text.hpp"
#include "core/sample_codec.hpp"

#include <array>
#include <functional>
#include <string_view>
#include <utility>

namespace atlas::web {

namespace {

// A sample's members that a host may stop sending; those of `cpu` and `memory` go with their objects.
struct optional_member {
  std::string_view name;
  bool (*is_there)(const sample&);
};
constexpr std::array optional_members{
    optional_member{"seq", [](const sample& s) { return s.seq.has_value(); }},
    optional_member{"boot", [](const sample& s) { return !s.boot.empty(); }},
    optional_member{"interval", [](const sample& s) { return s.interval.has_value(); }},
    optional_member{"disks", [](const sample& s) { return !s.disks.empty(); }},
    optional_member{"network", [](const sample& s) { return !s.network.empty(); }},
    optional_member{"temperatures", [](const sample& s) { return !s.temperatures.empty(); }},
    optional_member{"battery", [](const sample& s) { return s.battery.has_value(); }},
    optional_member{"uptime", [](const sample& s) { return s.uptime.has_value(); }},
    optional_member{"processes", [](const sample& s) { return s.processes.has_value(); }}};

std::uint32_t members_of(const sample& value) {
  std::uint32_t there = 0;
  for (std::size_t i = 0; i < optional_members.size(); ++i) {
    there |= optional_members.at(i).is_there(value) ? 1U << i : 0U;
  }
  return there;
}

void append_time(std::string& out, std::string_view prefix, unix_ms value) {
  if (to_int(value) > 0) {
    out += prefix;
    append_json_integer(out, to_int(value));
  }
}

void append_presence(std::string& out, const host_state& host) {
  out += R"({"id":)";
  append_json_string(out, host.id.text());
  out += R"(,"state":)";
  append_json_string(out, to_string(host.presence.presence));
  append_time(out, R"(,"since":)", host.presence.since);
  append_time(out, R"(,"last_seen":)", host.presence.last_seen);
  if (host.clock_offset) {
    out += R"(,"clock_offset":)";
    append_json_integer(out, std::int64_t{host.clock_offset->count()});
  }
}

void append_sample(std::string& out, const sample& value) {
  append_time(out, R"(,"ts":)", value.ts);
  if (value.seq) {
    out += R"(,"seq":)";
    append_json_integer(out, *value.seq);
  }
  if (!value.boot.empty()) {
    out += R"(,"boot":)";
    append_json_string(out, value.boot);
  }
  if (value.interval) {
    out += R"(,"interval":)";
    append_json_number(out, *value.interval);
  }
  out += ',';
  append_sample_members(out, value);
}

void append_info(std::string& out, const host_info& info) {
  out += R"(,"info":)";
  out += format_host_info(info);
}

// FNV-1a over the members; the length of each text keeps neighbours apart.
class text_hash {
 public:
  void add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      add_byte(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void add(std::string_view text) {
    add(text.size());
    for (const char c : text) {
      add_byte(static_cast<std::uint8_t>(c));
    }
  }
  void add(const std::vector<std::string>& texts) {
    add(texts.size());
    for (const auto& text : texts) {
      add(std::string_view(text));
    }
  }
  std::uint64_t value() const { return hash_; }

 private:
  void add_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3ULL; }
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

std::uint64_t hash_of(const host_info& info) {
  text_hash hash;
  for (const auto* text : {&info.os, &info.version, &info.kernel, &info.model, &info.arch,
                           &info.agent_version, &info.hostname}) {
    hash.add(std::string_view(*text));
  }
  hash.add(info.cores);
  hash.add(info.memory);
  hash.add(info.tags);
  hash.add(info.addresses);
  return hash.value();
}

std::uint64_t hash_of(const host_label& label) {
  text_hash hash;
  hash.add(std::string_view(label.note));
  hash.add(label.tags);
  return hash.value();
}

void append_note(std::string& out, const host_label& label) {
  out += R"(,"note":)";
  append_json_string(out, label.note);
}

void append_tags(std::string& out, const host_label& label) {
  out += R"(,"tags":)";
  append_json_strings(out, label.tags);
}

void append_text_or_null(std::string& out, std::string_view prefix, const std::optional<std::string>& text) {
  out += prefix;
  if (text) {
    append_json_string(out, *text);
  } else {
    out += "null";
  }
}

}  // namespace

void append_branding(std::string& out, const branding& brand) {
  out += R"({"name":)";
  append_json_string(out, brand.organization);
  out += R"(,"id":)";
  append_json_string(out, brand.org_id);
  out += R"(,"title":)";
  append_json_string(out, brand.title);
  out += R"(,"primary_color":)";
  append_json_string(out, brand.primary_color);
  append_text_or_null(out, R"(,"secondary_color":)", brand.secondary_color);
  append_text_or_null(out, R"(,"logo_url":)", brand.logo_url);
  out += '}';
}

void append_open_host(std::string& out, const host_state& host) {
  append_presence(out, host);
  if (host.newest) {
    append_sample(out, *host.newest);
  }
  if (host.info) {
    append_info(out, *host.info);
  }
  if (!host.label.note.empty()) {
    append_note(out, host.label);
  }
  if (!host.label.tags.empty()) {
    append_tags(out, host.label);
  }
}

void append_host(std::string& out, const host_state& host) {
  append_open_host(out, host);
  out += '}';
}

void append_alerts(std::string& out, const std::vector<alert>& alerts) {
  out += '[';
  for (const auto& one : alerts) {
    if (out.back() != '[') {
      out += ',';
    }
    out += format_alert(one);
  }
  out += ']';
}

void append_changed_host(std::string& out, const host_state& host, seen_host& seen) {
  append_presence(out, host);
  if (std::exchange(seen.clock_offset, host.clock_offset.has_value()) && !host.clock_offset) {
    out += R"(,"clock_offset":null)";
  }
  if (host.newest && host.samples != seen.samples) {
    seen.samples = host.samples;
    append_sample(out, *host.newest);
    const auto there = members_of(*host.newest);
    for (std::size_t i = 0; i < optional_members.size(); ++i) {
      if ((seen.members & ~there & (1U << i)) != 0) {
        out += ",\"";
        out += optional_members.at(i).name;
        out += "\":null";
      }
    }
    seen.members = there;
  }
  if (host.info) {
    if (const auto hash = hash_of(*host.info); hash != seen.info) {
      seen.info = hash;
      append_info(out, *host.info);
    }
  }
  if (const auto hash = hash_of(host.label); hash != seen.label) {
    seen.label = hash;
    host.label.note.empty() ? void(out += R"(,"note":null)") : append_note(out, host.label);
    host.label.tags.empty() ? void(out += R"(,"tags":null)") : append_tags(out, host.label);
  }
  out += '}';
}

}  // namespace atlas::web
