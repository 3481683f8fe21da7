#include "web/static_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <openssl/sha.h>
#include <spdlog/spdlog.h>

namespace atlas::web {

namespace {

namespace fs = std::filesystem;

struct media_type {
  std::string_view extension;
  std::string_view name;
};
constexpr std::array media_types{media_type{".html", "text/html; charset=utf-8"},
                                 media_type{".js", "text/javascript; charset=utf-8"},
                                 media_type{".css", "text/css; charset=utf-8"},
                                 media_type{".json", "application/json"},
                                 media_type{".webmanifest", "application/manifest+json"},
                                 media_type{".svg", "image/svg+xml"},
                                 media_type{".png", "image/png"},
                                 media_type{".webp", "image/webp"},
                                 media_type{".ico", "image/x-icon"},
                                 media_type{".woff2", "font/woff2"},
                                 media_type{".txt", "text/plain; charset=utf-8"},
                                 media_type{".map", "application/json"}};

std::string_view media_type_of(const fs::path& path) {
  const auto extension = path.extension().string();
  const auto found = std::ranges::find(media_types, extension, &media_type::extension);
  return found == media_types.end() ? "application/octet-stream" : found->name;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

// q=0, q=0.0, q=0.00 or q=0.000
bool is_refused(std::string_view parameters) {
  const auto q = trimmed(parameters);
  if (q.size() < 3 || std::tolower(static_cast<unsigned char>(q[0])) != 'q' || q[1] != '=') {
    return false;
  }
  return q.find_first_not_of("0.", 2) == std::string_view::npos;
}

bool accepts(std::string_view header, std::string_view coding) {
  bool by_star = false;
  while (!header.empty()) {
    const auto element = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), element.size() + 1));
    const auto semicolon = element.find(';');
    const auto name = trimmed(element.substr(0, semicolon));
    const bool wanted = semicolon == std::string_view::npos || !is_refused(element.substr(semicolon + 1));
    if (same_word(name, coding)) {
      return wanted;
    }
    if (name == "*") {
      by_star = wanted;
    }
  }
  return by_star;
}

// Strong, of the bytes that are sent: the compressed forms of a file have tags of their own.
std::string etag_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string tag = "\"";
  for (std::size_t i = 0; i < 12; ++i) {
    fmt::format_to(std::back_inserter(tag), "{:02x}", digest.at(i));
  }
  return tag + '"';
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return in.bad() || !in.is_open() ? std::nullopt : std::optional(std::move(bytes));
}

}  // namespace

encoding choose_encoding(std::string_view accept_encoding, bool has_gzip, bool has_brotli) {
  if (has_brotli && accepts(accept_encoding, "br")) {
    return encoding::brotli;
  }
  return has_gzip && accepts(accept_encoding, "gzip") ? encoding::gzip : encoding::identity;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto element = if_none_match.substr(0, if_none_match.find(','));
    if_none_match.remove_prefix(std::min(if_none_match.size(), element.size() + 1));
    auto tag = trimmed(element);
    if (tag.starts_with("W/")) {
      tag.remove_prefix(2);
    }
    if (tag == "*" || tag == etag) {
      return true;
    }
  }
  return false;
}

static_files static_files::load(const fs::path& folder) {
  static_files loaded;
  std::error_code failed;
  if (folder.empty() || !fs::is_directory(folder, failed)) {
    return loaded;
  }
  std::unordered_map<std::string, form> found;
  std::uintmax_t total = 0;
  for (auto at = fs::recursive_directory_iterator(folder, failed); !failed && at != fs::end(at);
       at.increment(failed)) {
    std::error_code odd;
    if (at->is_symlink(odd) || !at->is_regular_file(odd)) {
      continue;
    }
    const auto size = at->file_size(odd);
    auto bytes = odd || total + size > max_total_bytes ? std::nullopt : read_file(at->path());
    if (!bytes) {
      spdlog::warn("{}: not served: it cannot be read, or the folder is larger than {} MiB",
                   at->path().string(), max_total_bytes / (1024 * 1024));
      continue;
    }
    total += bytes->size();
    auto tag = etag_of(*bytes);
    found.emplace(at->path().lexically_relative(folder).generic_string(),
                  form{std::make_shared<const std::string>(std::move(*bytes)), std::move(tag)});
  }
  for (const auto& [name, content] : found) {
    const fs::path path(name);
    const bool compressed = (path.extension() == ".gz" || path.extension() == ".br") &&
                            found.contains(fs::path(name).replace_extension().generic_string());
    if (compressed) {
      continue;
    }
    file one{std::string(media_type_of(path)), name.starts_with("assets/"), content, {}, {}};
    if (const auto gzip = found.find(name + ".gz"); gzip != found.end()) {
      one.gzip = gzip->second;
    }
    if (const auto brotli = found.find(name + ".br"); brotli != found.end()) {
      one.brotli = brotli->second;
    }
    loaded.files_.emplace(name, std::move(one));
  }
  return loaded;
}

std::optional<response> static_files::serve(const request& asked, std::string_view path) const {
  const auto found = files_.find(std::string(path));
  if (found == files_.end()) {
    return std::nullopt;
  }
  const auto& one = found->second;
  response made;
  const form* chosen = &one.identity;
  switch (choose_encoding(asked.accept_encoding, one.gzip.has_value(), one.brotli.has_value())) {
    case encoding::identity: break;
    case encoding::gzip:
      chosen = &*one.gzip;
      made.headers.emplace_back("Content-Encoding", "gzip");
      break;
    case encoding::brotli:
      chosen = &*one.brotli;
      made.headers.emplace_back("Content-Encoding", "br");
      break;
  }
  made.cache_control = one.hashed ? "public, max-age=31536000, immutable" : "no-cache";
  made.headers.emplace_back("ETag", chosen->etag);
  if (one.gzip || one.brotli) {
    made.headers.emplace_back("Vary", "Accept-Encoding");
  }
  if (names_etag(asked.if_none_match, chosen->etag)) {
    made.status = 304;
    std::erase_if(made.headers, [](const auto& header) { return header.first == "Content-Encoding"; });
    return made;
  }
  made.content_type = one.content_type;
  made.shared = chosen->bytes;
  return made;
}

}  // namespace atlas::web
