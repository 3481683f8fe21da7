#include "fixtures.hpp"

#include "core/sample_codec.hpp"

#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace atlas::ingest {

org_id test_org() { return *org_id::parse(org_text); }

host_id host(std::string_view id) { return *host_id::parse(id); }

sample sample_at(unix_ms ts, double cpu) {
  sample made;
  made.ts = ts;
  made.cpu.percent = cpu;
  made.memory.percent = 40;
  return made;
}

std::string sample_json(std::uint64_t seq, double cpu) {
  auto made = sample_at(from_unix_ms(1'764'000'000'000 + static_cast<std::int64_t>(seq) * 1000), cpu);
  made.seq = seq;
  made.boot = "boot-1";
  return encode_sample(made);
}

std::string topic_of(std::string_view host, std::string_view channel) {
  return "org/" + std::string(org_text) + "/host/" + std::string(host) + "/" + std::string(channel);
}

temporary_dir::temporary_dir() {
  auto pattern = (std::filesystem::temp_directory_path() / "atlas-ingest-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = pattern;
}

temporary_dir::~temporary_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool run_until(boost::asio::io_context& io, const std::function<bool()>& condition,
               std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) {
      return false;
    }
    io.restart();
    io.run_one_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace atlas::ingest
