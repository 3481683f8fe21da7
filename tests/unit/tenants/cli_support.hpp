#pragma once

#include "tenants/cli/program.hpp"
#include "tenants/config.hpp"
#include "tenants/registry.hpp"
#include "tenants/state_root.hpp"
#include "tests/unit/tenants/support.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {

struct outcome {
  int code = 0;
  std::string out;
  std::string err;

  std::size_t error_lines() const {
    return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n'));
  }
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

// atlas-fleet on a state root of its own.
class CommandLine : public ::testing::Test {
 protected:
  outcome run(std::vector<std::string> args, const std::string& input = "", bool color = false) const {
    args.insert(args.begin(), {"--root", root_.path().string()});
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const int code = cli::run_program(args, {.in = in, .out = out, .err = err, .color = color});
    return {code, out.str(), err.str()};
  }
  // As run(), for what must succeed.
  outcome must(std::vector<std::string> args, const std::string& input = "") const {
    auto result = run(std::move(args), input);
    if (result.code != 0) throw std::runtime_error(result.out + result.err);
    return result;
  }
  // An organisation without the cost of its administrator's password.
  void add_org(const std::string& slug, const std::string& name, char digit, int port = 28'768) const {
    const std::string id = std::string(8, digit) + "-0000-4000-8000-000000000000";
    write_text(root_.tenant_file(slug), nlohmann::json{{"organization", {{"name", name}, {"id", id}}},
                                                       {"server", {{"port", port}, {"api_key", api_key}}},
                                                       {"broker", {{"url", broker_url}}}}
                                            .dump());
    if (!tenants::registry::open(root_.fleet_db(slug))) throw std::runtime_error("no registry");
  }
  tenants::tenant_config config_of(const std::string& slug) const {
    return tenants::load_tenant_config(root_.tenant_file(slug)).value();
  }
  tenants::registry registry_of(const std::string& slug) const {
    return std::move(tenants::registry::open(root_.fleet_db(slug)).value());
  }
  std::vector<std::string> files_below(const std::filesystem::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      names.push_back(entry.path().lexically_relative(folder_.path()).string());
    }
    return names;
  }

  static constexpr const char* api_key = "afk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  static constexpr const char* broker_url = "mqtts://localhost:28883";

  temporary_directory folder_;
  tenants::state_root root_{folder_.path() / "root"};
};

}  // namespace atlas::test
