#pragma once

#include "core/error.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace atlas::web {

// A server's TLS 1.2 or newer with this certificate chain and key (PEM). A file that cannot be used, a key
// that does not belong to the certificate and a certificate that is not valid now are errors; `where` is the
// file.
result<std::unique_ptr<boost::asio::ssl::context>> load_tls(const std::filesystem::path& certificate,
                                                            const std::filesystem::path& private_key);

// Of the certificate in use: until it runs out (negative afterwards), and when that is, for a person.
std::chrono::seconds time_left(boost::asio::ssl::context& context);
std::string last_day(boost::asio::ssl::context& context);

}  // namespace atlas::web
