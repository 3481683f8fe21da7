#pragma once

#include "core/fleet.hpp"
#include "core/org_id.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

namespace atlas::ingest {

inline constexpr std::string_view org_text = "aaaaaaaa-0000-4000-8000-00000000000a";

org_id test_org();
host_id host(std::string_view id);
sample sample_at(unix_ms ts, double cpu = 12.5);
std::string sample_json(std::uint64_t seq, double cpu = 12.5);
std::string topic_of(std::string_view host, std::string_view channel);

// A folder that is gone with this object.
class temporary_dir {
 public:
  temporary_dir();
  ~temporary_dir();
  temporary_dir(const temporary_dir&) = delete;
  temporary_dir& operator=(const temporary_dir&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Runs the loop until the condition holds; false when it does not within the deadline.
bool run_until(boost::asio::io_context& io, const std::function<bool()>& condition,
               std::chrono::seconds deadline = std::chrono::seconds(20));

}  // namespace atlas::ingest
