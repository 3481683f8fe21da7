#include "agent/ca_source.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <unistd.h>

namespace atlas::agent {

namespace {

int unnamed_file() {
  char name[] = "/tmp/atlas-agent-XXXXXX";
  const int file = ::mkstemp(name);
  if (file >= 0) ::unlink(name);
  return file;
}

}  // namespace

ca_source::ca_source(const trusted_ca& ca) : path_(ca.file) {
  if (ca.pem.empty()) return;
  file_ = unnamed_file();
  if (file_ < 0 || ::write(file_, ca.pem.data(), ca.pem.size()) != static_cast<ssize_t>(ca.pem.size())) {
    throw std::system_error(errno, std::generic_category(), "writing ca_pem to a temporary file");
  }
  path_ = "/dev/fd/" + std::to_string(file_);
}

ca_source::~ca_source() {
  if (file_ >= 0) ::close(file_);
}

const std::string& ca_source::path() const {
  // Where /dev/fd duplicates the file, its position comes along.
  if (file_ >= 0) ::lseek(file_, 0, SEEK_SET);
  return path_;
}

}  // namespace atlas::agent
