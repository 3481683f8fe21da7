#pragma once

#include "tenants/config.hpp"
#include "tenants/config_document.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// One key of tenant.json.
struct setting {
  std::string_view key;  // "server.port"
  bool required = false;
  bool is_text = false;      // given as text it is a JSON string, whatever it looks like
  bool is_nullable = false;  // null stands for none
  // Puts the value into the configuration; returns what is wrong with it, or an empty text.
  std::function<std::string(const json& value, tenant_config& config)> read = {};
  std::function<json(const tenant_config& config)> write = {};
  // In place of `read` where a value has parts of its own: appends every mistake with its path below `path`.
  std::function<void(const json& value, const std::string& path, tenant_config& config,
                     std::vector<error>& mistakes)>
      read_parts = {};

  std::string_view section() const { return key.substr(0, key.find('.')); }
};

// All of them, in the order in which a file is written.
const std::vector<setting>& all_settings();
const setting* find_setting(std::string_view key);

}  // namespace atlas::tenants
