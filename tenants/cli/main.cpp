#include "tenants/cli/program.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <vector>

#include <sodium.h>
#include <unistd.h>

int main(int argc, char** argv) {
  try {
    if (::sodium_init() < 0) throw std::runtime_error("libsodium did not start");
    const std::vector<std::string> args(argv + 1, argv + argc);
    const char* no_color = std::getenv("NO_COLOR");  // see no-color.org
    const bool writes_to_terminal = ::isatty(STDOUT_FILENO) == 1;
    const atlas::cli::console terminal{
        .in = std::cin,
        .out = std::cout,
        .err = std::cerr,
        .interactive = writes_to_terminal && ::isatty(STDIN_FILENO) == 1,
        .color = writes_to_terminal && (no_color == nullptr || *no_color == '\0')};
    return atlas::cli::run_program(args, terminal);
  } catch (const std::exception& problem) {
    std::cerr << "atlas-fleet: " << problem.what() << '\n';
    return 1;
  }
}
