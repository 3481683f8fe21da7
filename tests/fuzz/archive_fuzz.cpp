// An organisation's archive, and the manifest in it, from anybody.
#include "tenants/archive/container.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

using namespace atlas;

namespace {

void read_as_manifest(std::string_view text) {
  const auto manifest = tenants::parse_manifest(text);
  if (!manifest) return;
  const auto again = tenants::parse_manifest(tenants::format_manifest(*manifest));
  fuzz::require(again && again->organization == manifest->organization && again->slug == manifest->slug &&
                again->created == manifest->created && again->schema == manifest->schema &&
                again->parts.size() == manifest->parts.size());
  for (const auto& part : manifest->parts) fuzz::require(part.name.find('/') == std::string::npos);
}

void read_as_archive(std::string_view bytes) {
  const auto source = [&bytes](std::span<char> buffer) -> result<std::size_t> {
    const auto count = bytes.copy(buffer.data(), buffer.size());
    bytes.remove_prefix(count);
    return count;
  };
  tenants::archive_visitor visitor;
  visitor.begin = [](const tenants::archive_manifest&) { return result<void>{}; };
  visitor.open = [](const tenants::archive_part&) -> result<tenants::byte_sink> {
    return [](std::span<const char>) { return result<void>{}; };
  };
  const auto manifest = tenants::read_archive(source, "archive", visitor);
  fuzz::require(manifest.has_value() || !manifest.error().what.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  read_as_manifest(text);
  read_as_archive(text);
  return 0;
}
