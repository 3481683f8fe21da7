#include "web/downloads.hpp"

#include "core/json_text.hpp"
#include "core/sha256.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace atlas::web {

void downloads::add(download one) {
  auto sum = sha256_hex(one.bytes);
  std::erase_if(files_, [&](const file& other) { return other.name == one.name; });
  files_.push_back({std::move(one.name), std::move(one.content_type),
                    std::make_shared<const std::string>(std::move(one.bytes)), std::move(sum)});
}

std::optional<response> downloads::serve(std::string_view name) const {
  response made;
  if (name == "SHA256SUMS") {
    made.content_type = "text/plain; charset=utf-8";
    made.text = checksums();
    return made;
  }
  const auto found = std::ranges::find(files_, name, &file::name);
  if (found == files_.end()) {
    return std::nullopt;
  }
  made.content_type = found->content_type;
  made.shared = found->bytes;
  return made;
}

std::string downloads::list() const {
  std::string text = R"({"server":)";
  append_json_string(text, server_);
  text += R"(,"files":[)";
  for (const auto& one : files_) {
    text += text.ends_with('[') ? R"({"name":)" : R"(,{"name":)";
    append_json_string(text, one.name);
    text += R"(,"size":)";
    append_json_integer(text, std::uint64_t{one.bytes->size()});
    text += R"(,"sha256":)";
    append_json_string(text, one.sha256);
    text += '}';
  }
  return text + "]}";
}

std::string downloads::checksums() const {
  std::string text;
  for (const auto& one : files_) {
    text += fmt::format("{}  {}\n", one.sha256, one.name);
  }
  return text;
}

}  // namespace atlas::web
