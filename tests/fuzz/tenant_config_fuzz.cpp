// A configuration file is taken or refused with at least one message, whatever it holds; what is taken can be
// written and is read back as the same.
#include "tenants/config.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = tenants::parse_tenant_config(fuzz::text_of(data, size), "tenant.json");
  if (!config) {
    fuzz::require(!config.error().empty());
    return 0;
  }
  const auto written = tenants::format_tenant_config(*config);
  const auto again = tenants::parse_tenant_config(written, "tenant.json");
  fuzz::require(again.has_value() && tenants::format_tenant_config(*again) == written);
  return 0;
}
