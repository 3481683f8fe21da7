#pragma once

#include "tenants/state_root.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::tenants {

// Where the certificate that an organisation's dashboard shows comes from.
enum class certificate_source { none, given, local_ca };

// What `server.tls` and `server.host` lead to: without a certificate of one's own, the local CA's wherever
// another machine can come in.
certificate_source certificate_source_of(const tenant_config& config);

// "localhost", 127.0.0.0/8 and ::1: nobody but this machine gets in.
bool is_loopback(std::string_view host);

// The files that the service loads; with none both are empty. Those of the local CA are one file.
struct certificate_files {
  std::filesystem::path certificate;
  std::filesystem::path private_key;
};
certificate_files certificate_files_of(const state_root& root, const tenant& org);

// The names under which the dashboard can be reached, most public first; fit for a certificate.
std::vector<std::string> server_names(const tenant_config& config);

// The machine's own name; "localhost" when it has none.
std::string machine_name();

}  // namespace atlas::tenants
