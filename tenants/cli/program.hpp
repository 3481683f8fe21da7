#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace atlas::cli {

// Where atlas-fleet reads and writes.
struct console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool interactive = false;  // stdin and stdout are terminals
  bool color = false;        // out takes ANSI colours
};

// Everything after the program's name; returns the exit code. --root and --json may stand anywhere.
int run_program(std::span<const std::string> args, const console& terminal);

}  // namespace atlas::cli
