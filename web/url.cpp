#include "web/url.hpp"

#include <algorithm>

namespace atlas::web {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Calls `take` with each part of `text` between separators, until it returns false.
template <class Take>
bool split(std::string_view text, char separator, Take take) {
  for (;;) {
    const auto end = text.find(separator);
    if (!take(text.substr(0, end))) {
      return false;
    }
    if (end == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(end + 1);
  }
}

std::string_view without_scheme(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const bool same = url.size() > scheme.size() &&
                      std::ranges::equal(url.substr(0, scheme.size()), scheme, [](char a, char b) {
                        return a == b || (a >= 'A' && a <= 'Z' && static_cast<char>(a | 0x20) == b);
                      });
    if (same) {
      return url.substr(scheme.size());
    }
  }
  return {};
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return std::nullopt;
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

result<query_parameters> query_parameters::parse(std::string_view query) {
  query_parameters parsed;
  std::optional<error> mistake;
  split(query, '&', [&](std::string_view part) {
    if (part.empty()) {
      return true;
    }
    const auto equals = part.find('=');
    auto name = percent_decode(part.substr(0, equals), true);
    auto value =
        equals == std::string_view::npos ? std::string{} : percent_decode(part.substr(equals + 1), true);
    if (!name || !value || has_control(*name) || has_control(*value)) {
      mistake =
          error{std::string(part.substr(0, equals)), "has a broken percent escape or a control character"};
    } else if (parsed.values_.size() == max_count) {
      mistake = error{*name, "is one parameter too many"};
    } else {
      parsed.values_.emplace_back(std::move(*name), std::move(*value));
    }
    return !mistake;
  });
  if (mistake) {
    return tl::unexpected(std::move(*mistake));
  }
  return parsed;
}

std::optional<std::string_view> query_parameters::find(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, &std::pair<std::string, std::string>::first);
  return found == values_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::vector<std::string_view> query_parameters::all(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [key, value] : values_) {
    if (key == name) {
      found.emplace_back(value);
    }
  }
  return found;
}

result<request_target> parse_target(std::string_view target) {
  if (const auto rest = without_scheme(target); !rest.empty()) {
    const auto slash = rest.find('/');
    target = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
  }
  if (!target.starts_with('/')) {
    return failure("path", "must begin with a slash");
  }
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  request_target parsed;
  const bool clean = split(target.substr(1, question - 1), '/', [&](std::string_view part) {
    auto segment = percent_decode(part, false);
    if (!segment || has_control(*segment) || *segment == "." || *segment == "..") {
      return false;
    }
    parsed.segments.push_back(std::move(*segment));
    return true;
  });
  if (!clean) {
    return failure("path", "has a broken percent escape, a control character or a dot segment");
  }
  if (question != std::string_view::npos) {
    auto query = query_parameters::parse(target.substr(question + 1));
    if (!query) {
      return tl::unexpected(std::move(query.error()));
    }
    parsed.query = std::move(*query);
  }
  return parsed;
}

std::optional<std::string_view> authority_of(std::string_view url) {
  const auto rest = without_scheme(url);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  return authority.empty() ? std::nullopt : std::optional(authority);
}

}  // namespace atlas::web
