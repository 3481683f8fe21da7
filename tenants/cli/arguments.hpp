#pragma once

#include "tenants/cli/command.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace atlas::cli {

// A flag of one command: "--name VALUE", or a switch when `value` is empty.
struct flag {
  std::string_view name;  // "output", or "output,o" for --output and -o
  std::string_view value;
  std::string_view help;
};

// What a command line held besides the command's own name.
class arguments {
 public:
  // The positional word of that number; the command's usage says how many there are.
  const std::string& word(std::size_t index) const { return words_.at(index); }
  const std::vector<std::string>& words() const { return words_; }
  bool has(std::string_view name) const { return flags_.contains(name); }
  std::optional<std::string> value(std::string_view name) const {
    const auto found = flags_.find(name);
    return found == flags_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  friend struct argument_parser;
  std::vector<std::string> words_;
  std::map<std::string, std::string, std::less<>> flags_;
};

// A command that takes no further verb: "setup", "host add".
struct verb {
  std::string_view name;
  std::string_view words;  // what --help shows for the positional words: "ORG ID"; "[ORG]" may be left out
  std::string_view summary;
  std::string_view examples;    // lines of --help, may be empty
  std::span<const flag> flags;  // beside --help
  int (*run)(context& ctx, const arguments& args);
};

// Parses `args` as the verb's, prints its --help, or runs it; returns the exit code.
int run_verb(context& ctx, const verb& chosen, std::span<const std::string> args);
// The same for a family of verbs: the first of `args` chooses one. `family` is "host".
int run_family(context& ctx, std::string_view family, std::string_view summary, std::span<const verb> verbs,
               std::span<const std::string> args);

}  // namespace atlas::cli
