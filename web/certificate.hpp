#pragma once

#include "core/error.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace atlas::web {

// The certificate that new connections are shown, which follows its files: a renewed pair is taken without a
// restart, and connections that are open keep the one they began with. Loop thread.
class certificate {
 public:
  // `where` of an error is the file.
  static result<certificate> load(std::filesystem::path chain, std::filesystem::path private_key);

  boost::asio::ssl::context& context() const { return *context_; }
  // Loads the files again when one of them is another than before. A pair that cannot be used leaves the one
  // in use; it is logged once and is what trouble() tells.
  void refresh();
  // What is wrong and what to do: files that cannot be used, or a certificate that has run out or does so
  // within ten days. Empty when all is well.
  std::string trouble() const;

 private:
  // Tells one version of a file from the next, also when both are of one second.
  using file_version = std::array<std::int64_t, 4>;
  using version = std::array<file_version, 2>;

  certificate(std::filesystem::path chain, std::filesystem::path private_key);
  static file_version version_of(const std::filesystem::path& file);
  version present() const;

  std::filesystem::path chain_;
  std::filesystem::path private_key_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  version used_{};
  std::optional<version> doubtful_;
  std::string broken_;
};

}  // namespace atlas::web
