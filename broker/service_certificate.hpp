#pragma once

#include "core/error.hpp"
#include "core/unix_time.hpp"

#include <string>
#include <vector>

namespace atlas::broker {

// What signs: ca.crt and ca.key of the broker's folder, as PEM texts.
struct signing_ca {
  std::string certificate;
  std::string key;
};

// The certificate of an organisation's dashboard and its key, one PEM text for one file, so that a reader
// never sees the one without the other. `present` is what the file holds, empty when there is none; it is
// returned as it is while it is signed by the CA, covers `names` and has 30 days left. `where` of an error is
// the part that is wrong.
result<std::string> prepare_service_certificate(const std::string& present, const signing_ca& ca,
                                                const std::vector<std::string>& names, unix_ms now);

}  // namespace atlas::broker
