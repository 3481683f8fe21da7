#include "agent/spool_segment.hpp"

#include "core/sample_range.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atlas::agent {

namespace {

// The file: this mark, the boot's length in one byte, the boot, records. Numbers are this machine's own.
constexpr std::string_view mark = "ATLSPL1\n";

struct record_head {
  std::uint32_t size;  // of the text that follows
  std::uint32_t sum;   // of the rest of the head and the text
  std::uint64_t seq;
  std::uint32_t skipped;
};
constexpr std::size_t head_bytes = 20;  // without padding

constexpr auto crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0);
    table[i] = value;
  }
  return table;
}();

// CRC-32 of Ethernet.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t sum = 0xFFFFFFFFU;
  for (const char c : bytes) sum = (sum >> 8) ^ crc_table[(sum ^ static_cast<unsigned char>(c)) & 0xFFU];
  return ~sum;
}

template <class Number>
void put(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

template <class Number>
Number get(std::string_view from, std::size_t at) {
  Number value;
  std::memcpy(&value, from.data() + at, sizeof value);
  return value;
}

std::string header_of(std::string_view boot) {
  std::string header(mark);
  header += static_cast<char>(boot.size());
  header += boot;
  return header;
}

std::string record_of(std::uint64_t seq, const spool_segment::record& what) {
  std::string rest;
  put(rest, seq);
  put(rest, what.skipped);
  rest += what.text;
  std::string out;
  out.reserve(head_bytes + what.text.size());
  put(out, static_cast<std::uint32_t>(what.text.size()));
  put(out, crc32(rest));
  return out += rest;
}

record_head head_of(std::string_view data, std::size_t at) {
  return {get<std::uint32_t>(data, at), get<std::uint32_t>(data, at + 4), get<std::uint64_t>(data, at + 8),
          get<std::uint32_t>(data, at + 16)};
}

bool is_whole(std::string_view bytes) { return crc32(bytes.substr(8)) == head_of(bytes, 0).sum; }

tl::unexpected<error> file_error(const std::string& path) {
  return failure(path, "cannot be written: " + std::generic_category().message(errno));
}

class open_file {
 public:
  open_file(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~open_file() {
    const int kept = errno;
    if (number_ >= 0) ::close(number_);
    errno = kept;
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  bool is_open() const { return number_ >= 0; }
  // Bytes of a plain file; nothing for anything else.
  std::optional<std::size_t> size() const {
    struct stat status{};
    if (::fstat(number_, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return static_cast<std::size_t>(status.st_size);
  }
  bool read(std::size_t at, std::string& out) const {
    const auto got = ::pread(number_, out.data(), out.size(), static_cast<off_t>(at));
    return got == static_cast<ssize_t>(out.size());
  }
  bool write(std::string_view bytes) const {
    const auto written = ::write(number_, bytes.data(), bytes.size());
    if (written >= 0 && static_cast<std::size_t>(written) < bytes.size()) errno = ENOSPC;
    return written == static_cast<ssize_t>(bytes.size());
  }
  bool cut(std::size_t size) const { return ::ftruncate(number_, static_cast<off_t>(size)) == 0; }

 private:
  int number_;
};

}  // namespace

result<spool_segment> spool_segment::create(std::string path, std::string_view boot) {
  spool_segment made;
  made.path_ = std::move(path);
  made.boot_ = boot.substr(0, max_boot_bytes);
  auto header = header_of(made.boot_);
  made.bytes_ = header.size();
  if (made.is_in_memory()) {
    made.memory_ = std::move(header);
    return made;
  }
  const open_file file(made.path_, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return file_error(made.path_);
  if (!file.write(header)) {
    auto failed = file_error(made.path_);
    ::unlink(made.path_.c_str());
    return failed;
  }
  return made;
}

std::optional<spool_segment> spool_segment::load(std::string path) {
  std::string data;
  {
    const open_file file(path, O_RDONLY | O_NONBLOCK);
    const auto size = file.is_open() ? file.size() : std::nullopt;
    if (!size || *size > max_file) return std::nullopt;
    data.resize(*size);
    if (!file.read(0, data)) return std::nullopt;
  }
  if (data.size() <= mark.size() || data.compare(0, mark.size(), mark) != 0) return std::nullopt;
  const std::size_t boot_size = static_cast<unsigned char>(data[mark.size()]);
  if (boot_size > max_boot_bytes || data.size() < mark.size() + 1 + boot_size) return std::nullopt;
  spool_segment loaded;
  loaded.path_ = std::move(path);
  loaded.boot_ = data.substr(mark.size() + 1, boot_size);
  loaded.index(data);
  return loaded;
}

void spool_segment::index(std::string_view data) {
  std::size_t at = mark.size() + 1 + boot_.size();
  while (data.size() - at >= head_bytes) {
    const auto head = head_of(data, at);
    if (head.size > max_text || data.size() - at - head_bytes < head.size) break;
    const bool follows = entries_.empty() || head.seq > entries_.back().seq;
    if (follows && is_whole(data.substr(at, head_bytes + head.size))) {
      entries_.push_back({head.seq, static_cast<std::uint32_t>(at), head.size & 0xFFFFFFU, 1, 0});
    }
    at += head_bytes + head.size;
  }
  entries_.shrink_to_fit();
  bytes_ = data.size();
}

result<void> spool_segment::append(std::uint64_t seq, const record& what) {
  const auto bytes = record_of(seq, what);
  if (is_in_memory()) {
    memory_ += bytes;
  } else {
    const open_file file(path_, O_WRONLY | O_APPEND);
    if (!file.is_open()) return file_error(path_);
    if (!file.write(bytes)) {
      auto failed = file_error(path_);
      static_cast<void>(file.cut(bytes_));  // else the rest counts as damaged when it is loaded
      return failed;
    }
  }
  entries_.push_back({seq, static_cast<std::uint32_t>(bytes_),
                      static_cast<std::uint32_t>(what.text.size()) & 0xFFFFFFU, 1, 0});
  bytes_ += bytes.size();
  return {};
}

std::optional<spool_segment::record> spool_segment::read(const entry& of) const {
  std::string bytes(head_bytes + of.size, '\0');
  if (is_in_memory()) {
    bytes = memory_.substr(of.at, bytes.size());
  } else {
    const open_file file(path_, O_RDONLY);
    if (!file.is_open() || !file.read(of.at, bytes)) return std::nullopt;
  }
  if (!is_whole(bytes)) return std::nullopt;
  record found{{}, head_of(bytes, 0).skipped};
  bytes.erase(0, head_bytes);
  found.text = std::move(bytes);
  return found;
}

void spool_segment::clear() {
  entries_.clear();
  const auto header = mark.size() + 1 + boot_.size();
  if (is_in_memory()) {
    memory_.resize(header);
    memory_.shrink_to_fit();
  } else {
    const open_file file(path_, O_WRONLY);
    if (!file.is_open() || !file.cut(header)) return;
  }
  bytes_ = header;
}

result<void> spool_segment::become(spool_segment&& other) {
  if (!is_in_memory()) {
    const auto beside = path_ + ".new";
    ::unlink(beside.c_str());
    const open_file file(beside, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open() || !file.write(other.memory_) || ::rename(beside.c_str(), path_.c_str()) != 0) {
      auto failed = file_error(path_);
      ::unlink(beside.c_str());
      return failed;
    }
    other.memory_ = {};
  }
  boot_ = std::move(other.boot_);
  memory_ = std::move(other.memory_);
  bytes_ = other.bytes_;
  entries_ = std::move(other.entries_);
  return {};
}

void spool_segment::remove() const {
  if (!is_in_memory()) ::unlink(path_.c_str());
}

}  // namespace atlas::agent
