#include "agent/config_file.hpp"

#include "agent/small_file.hpp"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace atlas::agent {

namespace {

using json = nlohmann::json;

// Takes the members out of the object by name; what is left at the end is unknown.
class member_reader {
 public:
  member_reader(json object, const std::string& path) : object_(std::move(object)), path_(path) {}

  void text(const char* name, std::optional<setting<std::string>>& out) {
    const auto value = take(name);
    if (value.is_null()) return;
    if (value.is_string()) {
      out = {value.get<std::string>(), where(name)};
    } else {
      add(where(name), "must be a text");
    }
  }

  void file_name(const char* name, std::optional<setting<std::string>>& out) {
    text(name, out);
    if (!out || out->value.starts_with('/')) return;
    const auto slash = path_.rfind('/');
    if (slash != std::string::npos) out->value.insert(0, path_, 0, slash + 1);
  }

  void whole(const char* name, std::optional<setting<std::uint64_t>>& out) {
    const auto value = take(name);
    if (value.is_null()) return;
    if (value.is_number_unsigned()) {
      out = {value.get<std::uint64_t>(), where(name)};
    } else {
      add(where(name), "must be a whole number");
    }
  }

  void texts(const char* name, std::optional<setting<std::vector<std::string>>>& out) {
    const auto value = take(name);
    if (value.is_null()) return;
    std::vector<std::string> texts;
    if (!value.is_array()) add(where(name), "must be a list of texts");
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
      if (value[i].is_string()) {
        texts.push_back(value[i].get<std::string>());
      } else {
        add(where(name) + "[" + std::to_string(i) + "]", "must be a text");
      }
    }
    out = {std::move(texts), where(name)};
  }

  config_errors finish() {
    for (const auto& [name, value] : object_.items()) {
      add(where(name),
          "is unknown; known are server_url, organization_id, host_id, password, password_file, ca_file, "
          "ca_pem, "
          "report_interval, retry_interval, connection_timeout, tags");
    }
    return std::move(errors_);
  }

 private:
  // Null when it is absent.
  json take(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    json value = std::move(*found);
    object_.erase(found);
    return value;
  }

  std::string where(const std::string& name) const { return path_ + ": $." + name; }
  void add(std::string place, std::string what) { errors_.push_back({std::move(place), std::move(what)}); }

  json object_;
  std::string path_;
  config_errors errors_;
};

}  // namespace

tl::expected<settings, config_errors> parse_config_file(std::string_view text, const std::string& path) {
  auto object = json::parse(text, nullptr, false);
  if (object.is_discarded()) {
    return tl::unexpected(
        config_errors{{path, "is not valid JSON: write it anew with `atlas-fleet agent-config`"}});
  }
  if (!object.is_object()) return tl::unexpected(config_errors{{path + ": $", "must be an object"}});
  member_reader members(std::move(object), path);
  settings said;
  members.text("server_url", said.server_url);
  members.text("organization_id", said.organization_id);
  members.text("host_id", said.host_id);
  members.text("password", said.password);
  members.file_name("password_file", said.password_file);
  members.file_name("ca_file", said.ca_file);
  members.text("ca_pem", said.ca_pem);
  members.whole("report_interval", said.report_interval);
  members.whole("retry_interval", said.retry_interval);
  members.whole("connection_timeout", said.connection_timeout);
  members.texts("tags", said.tags);
  if (auto errors = members.finish(); !errors.empty()) return tl::unexpected(std::move(errors));
  return said;
}

tl::expected<settings, config_errors> load_config_file(const std::string& path) {
  small_file file;
  const auto text = file.read(path);
  if (!text) {
    return tl::unexpected(config_errors{{path, "cannot be read: check that it exists and who may read it"}});
  }
  return parse_config_file(*text, path);
}

bool is_readable_by_others(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace atlas::agent
