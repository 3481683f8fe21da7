#include "tests/unit/web/certificates.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace atlas::web::testing {

void make_certificate(const temporary_folder& folder, const std::string& name, int days) {
  const auto stem = (folder.path() / name).string();
  const auto request = fmt::format(
      "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {0}.key -out {0}.csr "
      "-subj /CN=localhost 2>/dev/null && "
      "openssl x509 -req -in {0}.csr -signkey {0}.key -days {1} -out {0}.pem 2>/dev/null",
      stem, days);
  ASSERT_EQ(std::system(request.c_str()), 0);
}

}  // namespace atlas::web::testing
