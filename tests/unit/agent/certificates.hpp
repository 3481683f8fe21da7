#pragma once

#include <string>

namespace atlas::agent::test {

// Writes ca.crt, and server.crt with server.key signed by it, into the folder. `names` is the certificate's
// subjectAltName ("DNS:localhost,IP:127.0.0.1"). It is valid from yesterday for so many days; 0 makes an
// expired one.
void make_certificates(const std::string& folder, const std::string& names, int days = 10);

}  // namespace atlas::agent::test
