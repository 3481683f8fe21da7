#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace atlas::cli {

// Lines on their way to a descriptor that may be slow or stopped (Ctrl-S, a pipe that nobody reads): whoever
// writes them must not stand still for that. Holds a megabyte; what finds no room is dropped and counted in
// a line of its own.
class log_lines {
 public:
  explicit log_lines(int fd) : fd_(fd) {}

  // `line` without its end.
  void add(std::string_view line);
  bool is_empty() const { return waiting_.empty(); }
  // Writes what the descriptor takes at once.
  void write_some();
  // Writes everything, for at most so many milliseconds.
  void write_all(int milliseconds);
  // Nobody will ever read it: everything is dropped from then on.
  bool is_broken() const { return broken_; }
  int fd() const { return fd_; }

 private:
  static constexpr std::size_t most_bytes = 1024 * 1024;

  int fd_;
  std::string waiting_;
  std::size_t dropped_ = 0;  // lines
  bool broken_ = false;
};

// Cuts what a program writes into lines; one that is longer than 8 KiB becomes several. Control characters
// become blanks: they could tell a terminal anything.
class line_splitter {
 public:
  template <class Visit>
  void add(std::string_view bytes, Visit visit) {
    for (const char c : bytes) {
      if (c == '\n' || line_.size() == longest) finish(visit);
      if (c != '\n') line_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  // What came after the last line's end.
  template <class Visit>
  void finish(Visit visit) {
    line_.erase(line_.find_last_not_of(' ') + 1);
    if (!line_.empty()) visit(std::string_view(line_));
    line_.clear();
  }

 private:
  static constexpr std::size_t longest = 8 * 1024;
  std::string line_;
};

}  // namespace atlas::cli
