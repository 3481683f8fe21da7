#include "tenants/cli/arguments.hpp"

#include "tenants/nearest.hpp"

#include <algorithm>
#include <limits>

#include <boost/program_options.hpp>
#include <fmt/format.h>

namespace atlas::cli {

namespace po = boost::program_options;

namespace {

// How many positional words a usage as "ORG ID [TAG…]" asks for and allows.
struct word_count {
  std::size_t least = 0;
  std::size_t most = 0;
};

word_count count_words(std::string_view text) {
  word_count count;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (word.find("…") != std::string_view::npos) {
      count.most = std::numeric_limits<std::size_t>::max();
    } else {
      ++count.most;
    }
    if (!word.starts_with('[')) ++count.least;
  }
  return count;
}

std::string_view long_name(const flag& value) { return value.name.substr(0, value.name.find(',')); }

std::string flag_usage(const flag& value) {
  const auto comma = value.name.find(',');
  const auto shown = comma == std::string_view::npos
                         ? fmt::format("--{}", value.name)
                         : fmt::format("-{}, --{}", value.name.substr(comma + 1), long_name(value));
  return value.value.empty() ? shown : fmt::format("{} {}", shown, value.value);
}

void print_help(std::ostream& out, const verb& chosen) {
  out << fmt::format("usage: atlas-fleet {}{}{}{}\n\n{}\n", chosen.name, chosen.words.empty() ? "" : " ",
                     chosen.words, chosen.flags.empty() ? "" : " [flags]", chosen.summary);
  std::size_t widest = 0;
  for (const auto& value : chosen.flags) widest = std::max(widest, flag_usage(value).size());
  if (!chosen.flags.empty()) out << "\nflags:\n";
  for (const auto& value : chosen.flags) {
    out << fmt::format("  {:<{}}  {}\n", flag_usage(value), widest, value.help);
  }
  if (!chosen.examples.empty()) out << "\nexamples:\n" << chosen.examples;
}

int report_usage(context& ctx, std::string_view name, std::string_view what) {
  return report(ctx, error{std::string(name), fmt::format("{}; see 'atlas-fleet {} --help'", what, name)},
                usage);
}

bool asks_for_help(std::span<const std::string> args) {
  const auto end = std::find(args.begin(), args.end(), "--");
  return std::any_of(args.begin(), end,
                     [](const std::string& arg) { return arg == "--help" || arg == "-h"; });
}

}  // namespace

struct argument_parser {
  // Throws po::error.
  static arguments parse(const verb& chosen, std::span<const std::string> args) {
    po::options_description described;
    auto add = described.add_options();
    for (const auto& value : chosen.flags) {
      const std::string name(value.name);
      if (value.value.empty()) {
        add(name.c_str(), "");
      } else {
        add(name.c_str(), po::value<std::string>(), "");
      }
    }
    add("words", po::value<std::vector<std::string>>(), "");
    po::positional_options_description positional;
    positional.add("words", -1);
    // An abbreviated flag would change its meaning when a new flag comes.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::variables_map parsed;
    po::store(po::command_line_parser(std::vector<std::string>(args.begin(), args.end()))
                  .options(described)
                  .positional(positional)
                  .style(style)
                  .run(),
              parsed);
    arguments result;
    if (parsed.count("words") != 0) result.words_ = parsed["words"].as<std::vector<std::string>>();
    for (const auto& value : chosen.flags) {
      const std::string name(long_name(value));
      if (parsed.count(name) == 0) continue;
      result.flags_[name] = value.value.empty() ? std::string() : parsed[name].as<std::string>();
    }
    return result;
  }
};

int run_verb(context& ctx, const verb& chosen, std::span<const std::string> args) {
  if (asks_for_help(args)) {
    print_help(ctx.out, chosen);
    return done;
  }
  arguments parsed;
  try {
    parsed = argument_parser::parse(chosen, args);
  } catch (const po::error& problem) {
    return report_usage(ctx, chosen.name, problem.what());
  }
  const auto count = count_words(chosen.words);
  if (parsed.words().size() < count.least) {
    return report_usage(ctx, chosen.name, fmt::format("needs {}", chosen.words));
  }
  if (parsed.words().size() > count.most) {
    return report_usage(ctx, chosen.name, fmt::format("does not take '{}'", parsed.word(count.most)));
  }
  return chosen.run(ctx, parsed);
}

int run_family(context& ctx, std::string_view family, std::string_view summary, std::span<const verb> verbs,
               std::span<const std::string> args) {
  // "host add" → "add"
  const auto short_name = [family](const verb& candidate) {
    return candidate.name.substr(family.size() + 1);
  };
  std::vector<std::string_view> names;
  for (const auto& candidate : verbs) names.push_back(short_name(candidate));

  if (!args.empty() && !args.front().starts_with('-')) {
    for (const auto& candidate : verbs) {
      if (short_name(candidate) == args.front()) return run_verb(ctx, candidate, args.subspan(1));
    }
    const auto near = tenants::nearest(args.front(), names);
    return report_usage(ctx, family,
                        near.empty()
                            ? fmt::format("'{}' is none of {}", args.front(), fmt::join(names, ", "))
                            : fmt::format("'{}' is not known; did you mean '{}'?", args.front(), near));
  }
  if (asks_for_help(args)) {
    std::size_t widest = 0;
    const auto usage_of = [](const verb& value) { return fmt::format("{} {}", value.name, value.words); };
    for (const auto& candidate : verbs) widest = std::max(widest, usage_of(candidate).size());
    ctx.out << fmt::format("usage: atlas-fleet {} {} …\n\n{}\n\n", family, fmt::join(names, "|"), summary);
    for (const auto& candidate : verbs) {
      ctx.out << fmt::format("  atlas-fleet {:<{}}  {}\n", usage_of(candidate), widest, candidate.summary);
    }
    ctx.out << fmt::format("\nMore with 'atlas-fleet {} {} --help'.\n", family, names.front());
    return done;
  }
  return report_usage(ctx, family,
                      args.empty() ? fmt::format("needs one of {}", fmt::join(names, ", "))
                                   : fmt::format("does not know '{}'", args.front()));
}

}  // namespace atlas::cli
