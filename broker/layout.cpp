#include "broker/layout.hpp"

#include "broker/output_file.hpp"

#include <utility>

namespace atlas::broker {

result<certificate_texts> read_certificates(const layout& files) {
  certificate_texts texts;
  const std::pair<std::filesystem::path, std::string*> parts[] = {
      {files.ca_certificate(), &texts.ca_certificate},
      {files.ca_key(), &texts.ca_key},
      {files.server_certificate(), &texts.server_certificate},
      {files.server_key(), &texts.server_key}};
  for (const auto& [path, text] : parts) {
    auto read = read_if_there(path);
    if (!read) return tl::unexpected<error>(read.error());
    *text = *std::move(read);
  }
  return texts;
}

canary_target make_canary_target(const broker_options& options, bool own_ca, bool has_ca_certificate,
                                 std::string password) {
  canary_target target;
  // The name that agents use may lead somewhere else from here: a router's outside, another network.
  const auto& listener = options.listener;
  target.address = {listener.is_local() ? listener.host : "localhost", listener.port};
  if (has_ca_certificate) target.ca_file = layout{options.dir}.ca_certificate();
  target.check_name = own_ca;
  target.password = std::move(password);
  return target;
}

tl::unexpected<error> open_broker(pid_t pid) {
  return failure("broker",
                 "IS OPEN: process " + std::to_string(pid) +
                     " took a publish to a foreign topic, so every user reads and writes everything. "
                     "Stop it now (kill " +
                     std::to_string(pid) + "), run `atlas-fleet broker check`, and start it again");
}

}  // namespace atlas::broker
