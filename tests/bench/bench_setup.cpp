// Makes a state root for the benchmark: one organisation, its hosts, an API token, and the broker's files
// with a second, plain listener and a user that may publish for every host.
//
//   bench_setup DIR HOSTS SERVICE_PORT BROKER_PORT PLAIN_PORT     prints the organisation and secrets as JSON

#include "broker/files.hpp"
#include "core/credentials.hpp"
#include "core/topic.hpp"
#include "core/user_name.hpp"
#include "tenants/registry.hpp"
#include "tenants/state_root.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

namespace {

using namespace atlas;

constexpr const char* org_text = "aaaaaaaa-0000-4000-8000-00000000000a";
constexpr const char* publisher = "bench";
constexpr const char* publisher_password = "bench";  // of a broker that lives for a minute

template <class Value>
Value must(result<Value> value) {
  if (!value) {
    throw std::runtime_error(value.error().where + ": " + value.error().what);
  }
  return std::move(*value);
}

std::string tenant_json(const std::string& key, const std::string& service_port,
                        const std::string& broker_port) {
  return nlohmann::json{
      {"organization", {{"name", "Bench"}, {"id", org_text}, {"contact", "bench@example.com"}}},
      {"server", {{"host", "127.0.0.1"}, {"port", std::stoi(service_port)}, {"api_key", key}}},
      {"broker", {{"url", "mqtts://localhost:" + broker_port}}}}
      .dump();
}

void make(const std::filesystem::path& dir, std::size_t hosts, const std::string& service_port,
          const std::string& broker_port, const std::string& plain_port) {
  const tenants::state_root root(dir);
  const auto org = *org_id::parse(org_text);
  const auto key = api_key::generate();
  std::filesystem::create_directories(root.tenant_dir("bench"));
  auto parsed =
      tenants::parse_tenant_config(tenant_json(key.reveal(), service_port, broker_port), "tenant.json");
  if (!parsed) {
    throw std::runtime_error(parsed.error().front().where + ": " + parsed.error().front().what);
  }
  if (const auto saved = tenants::save_tenant_config(*parsed, root.tenant_file("bench")); !saved) {
    throw std::runtime_error(saved.error().what);
  }
  auto registry = must(tenants::registry::open(root.fleet_db("bench")));
  for (std::size_t number = 0; number < hosts; ++number) {
    must(registry.add_host(*host_id::parse("host-" + std::to_string(number)), from_unix_ms(1)));
  }
  const auto token = must(registry.create_api_token("bench", role::viewer, std::nullopt, from_unix_ms(1)));

  const broker::broker_options options{
      root.broker_dir(), {"localhost", static_cast<std::uint16_t>(std::stoi(broker_port))}, {}, {}, "{}"};
  const auto password = derive_ingest_password(key, org);
  must(broker::render(options, {{ingest_user_name(org), password}, {publisher, publisher_password}}));
  std::ofstream(root.broker_dir() / "mosquitto.conf", std::ios::app)
      << "\nlistener " << plain_port << " 127.0.0.1\n";
  std::ofstream(root.broker_dir() / "acl", std::ios::app)
      << "\nuser " << publisher << "\ntopic write org/+/host/+/metrics\n";

  std::puts(nlohmann::json{
      {"org", org_text}, {"token", token}, {"user", ingest_user_name(org)}, {"password", password}}
                .dump()
                .c_str());
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int arguments = 6;
  if (argc != arguments) {
    std::fputs("usage: bench_setup DIR HOSTS SERVICE_PORT BROKER_PORT PLAIN_PORT\n", stderr);
    return 2;
  }
  try {
    make(argv[1], std::stoul(argv[2]), argv[3], argv[4], argv[5]);
    return 0;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "bench_setup: %s\n", failed.what());
    return 1;
  }
}
