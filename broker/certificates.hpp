#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atlas::broker {

// The four files of certs/ as PEM texts; empty for a file that is not there.
struct certificate_texts {
  std::string ca_certificate;
  std::string ca_key;
  std::string server_certificate;
  std::string server_key;
};

struct certificate_state {
  unix_ms ca_until{};      // when the CA runs out
  unix_ms server_until{};  // and the server's certificate
  std::vector<std::string> server_names;
  bool own_ca = false;  // ca.key is here: the server's certificate is renewed by itself
};

// The texts as they should be at `now`: a CA when there is none (10 years), and a server certificate that it
// has signed (820 days), new when there is none, when it has less than 30 days left or when it does not cover
// `names`. A new one keeps the names of the one before. Certificates from elsewhere, that is a server's pair
// without ca.key, are checked and left alone. `where` of an error is the file.
result<certificate_texts> prepare_certificates(certificate_texts present,
                                               const std::vector<std::string>& names, unix_ms now);

// What the texts say; an error when one is missing, does not fit the others, has run out, or does not cover
// `names`.
result<certificate_state> check_certificates(const certificate_texts& texts,
                                             const std::vector<std::string>& names, unix_ms now);

// "2027-03-01", UTC.
std::string format_date(unix_ms value);

}  // namespace atlas::broker
