#include "tenants/cli/http_get.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

namespace atlas::cli {

namespace {

constexpr std::size_t most_bytes = 256 * 1024;
constexpr long connect_limit_ms = 3000;
constexpr long whole_limit_ms = 6000;

struct free_curl {
  void operator()(CURL* value) const { curl_easy_cleanup(value); }
  void operator()(curl_slist* value) const { curl_slist_free_all(value); }
};

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

// What curl calls with each piece of the answer; taking less than given ends the transfer.
std::size_t take(const char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > most_bytes) return 0;
  body.append(data, size * count);
  return size * count;
}

std::string what_happened(CURLcode code, const char* detail) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return "the name cannot be resolved";
    case CURLE_COULDNT_CONNECT: return "nothing answers there";
    case CURLE_OPERATION_TIMEDOUT: return "it does not answer in time";
    case CURLE_SSL_CACERT_BADFILE: return fmt::format("its CA certificate cannot be read: {}", detail);
    case CURLE_PEER_FAILED_VERIFICATION: return fmt::format("its certificate does not hold: {}", detail);
    case CURLE_SSL_CONNECT_ERROR: return "it does not speak TLS";
    default: return fmt::format("it does not speak HTTP: {}", detail);
  }
}

}  // namespace

result<http_reply> http_get(const http_place& place, std::string_view path) {
  const std::unique_ptr<CURL, free_curl> curl(curl_easy_init());
  // The certificate bears one name while the service listens at an address.
  const auto url = fmt::format("{}://{}:{}{}", place.tls ? "https" : "http", bracketed(place.server_name),
                               place.port, path);
  const auto route =
      fmt::format("{}:{}:{}:{}", bracketed(place.server_name), place.port, bracketed(place.host), place.port);
  const std::unique_ptr<curl_slist, free_curl> routes(curl_slist_append(nullptr, route.c_str()));
  if (!curl || !routes) return failure(place.host, "there is no memory left");

  http_reply reply;
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_TO, routes.get());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, connect_limit_ms);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, whole_limit_ms);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
  const bool verified = !place.ca_file.empty();
  if (verified) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, place.ca_file.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, verified ? 1L : 0L);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, verified ? 2L : 0L);

  if (const auto code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    return failure(fmt::format("{}:{}", place.host, place.port), what_happened(code, detail.data()));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

}  // namespace atlas::cli
