#include "core/base64url.hpp"
#include "core/credentials.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto bytes = base64url_decode(text)) {
    fuzz::require(base64url_encode(*bytes) == text);
  }
  if (const auto key = api_key::parse(text)) {
    fuzz::require(key->bytes().size() >= 32);
    fuzz::require(api_key::parse(key->reveal()).value() == *key);
  }
  if (const auto org = org_id::parse(text)) {
    fuzz::require(org->text() == text);
  }
  if (const auto host = host_id::parse(text)) {
    fuzz::require(host->text() == text);
  }
  return 0;
}
