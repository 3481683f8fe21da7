#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <memory>

#include <boost/asio/ssl/context.hpp>

namespace atlas::web {

// A server's TLS 1.2 or newer with this certificate chain and key (PEM). A file that cannot be used, a key
// that does not belong to the certificate and a certificate that is not valid now are errors; `where` is the
// file.
result<std::unique_ptr<boost::asio::ssl::context>> load_tls(const std::filesystem::path& certificate,
                                                            const std::filesystem::path& private_key);

}  // namespace atlas::web
