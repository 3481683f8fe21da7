#include "core/message_template.hpp"

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

namespace atlas {

namespace {

constexpr std::size_t max_template = 16 * 1024;
constexpr std::size_t max_output = 256 * 1024;
constexpr int max_depth = 2;

namespace mustache = kainjow::mustache;

struct output_is_full {};

mustache::data to_data(const nlohmann::json& value) {
  if (value.is_object()) {
    mustache::data out;
    for (const auto& [name, member] : value.items()) {
      out.set(name, to_data(member));
    }
    return out;
  }
  if (value.is_array()) {
    mustache::data out(mustache::data::type::list);
    for (const auto& member : value) {
      out.push_back(to_data(member));
    }
    return out;
  }
  if (value.is_boolean()) {
    return mustache::data(value.get<bool>() ? mustache::data::type::bool_true
                                            : mustache::data::type::bool_false);
  }
  return mustache::data(value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump());
}

}  // namespace

result<void> check_template(std::string_view text) {
  const auto wrong = [](std::string what) { return failure("template", std::move(what)); };
  if (text.size() > max_template) {
    return wrong("must have at most 16 KiB");
  }
  int depth = 0;
  for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    const auto end = text.find("}}", at + 2);
    const auto inner = text.find("{{", at + 2);
    if (end == std::string_view::npos || inner < end) {
      return wrong(R"(has a "{{" without its "}}")");
    }
    at = text.find_first_not_of(" \t\r\n", at + 2);
    switch (text[at]) {
      case '{':
      case '&': return wrong("must not put values in without escaping, as {{{ }}} and {{& }} do");
      case '=': return wrong("must not change its delimiters with {{= }}");
      case '>': return wrong("must not name other templates with {{> }}");
      case '#':
      case '^':
        if (++depth > max_depth) {
          return wrong("must not nest sections more than twice");
        }
        break;
      case '/': --depth; break;
      default: break;
    }
  }
  const mustache::mustache parsed{std::string(text)};
  return parsed.is_valid() ? result<void>{} : wrong("is no Mustache template: " + parsed.error_message());
}

result<std::string> render_template(std::string_view text, const nlohmann::json& view,
                                    escape_function escape) {
  if (auto good = check_template(text); !good) {
    return tl::unexpected(good.error());
  }
  mustache::mustache parsed{std::string(text)};
  parsed.set_custom_escape(escape);
  std::string out;
  try {
    parsed.render(to_data(view), [&out](const std::string& piece) {
      if (out.size() + piece.size() > max_output) {
        throw output_is_full{};
      }
      out += piece;
    });
  } catch (const output_is_full&) {
    return out;
  }
  return out;
}

std::string escape_nothing(const std::string& value) { return value; }

std::string escape_html(const std::string& value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace atlas
