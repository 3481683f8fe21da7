#pragma once

#include "web/request.hpp"
#include "web/response.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace atlas::web {

enum class encoding { identity, gzip, brotli };

// The best of those that are there, by an Accept-Encoding header: brotli, then gzip, unless refused with q=0.
encoding choose_encoding(std::string_view accept_encoding, bool has_gzip, bool has_brotli);

// Whether an If-None-Match header names this entity tag (weak comparison, RFC 9110 section 13.1.2).
bool names_etag(std::string_view if_none_match, std::string_view etag);

// The built dashboard, read whole into memory: no request touches the disk, and no path can leave the folder.
class static_files {
 public:
  static constexpr std::uintmax_t max_total_bytes = 64 * 1024 * 1024;

  // A missing folder gives no files. "x.gz" and "x.br" beside "x" are its compressed forms.
  static static_files load(const std::filesystem::path& folder);

  bool empty() const { return files_.empty(); }
  // `path` relative to the folder, with slashes: "assets/index-1a2b.js". Nothing when there is no such file.
  std::optional<response> serve(const request& asked, std::string_view path) const;

 private:
  struct form {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct file {
    std::string content_type;
    bool hashed = false;  // its name changes with its content
    form identity;
    std::optional<form> gzip;
    std::optional<form> brotli;
  };
  std::unordered_map<std::string, file> files_;
};

}  // namespace atlas::web
