#include "ingest/prometheus_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace atlas::ingest {

namespace {

void append_label_value(std::string& out, std::string_view value) {
  for (const char letter : value) {
    switch (letter) {
      case '\\': out += "\\\\"; break;
      case '"': out += "\\\""; break;
      case '\n': out += "\\n"; break;
      default: out += letter;
    }
  }
}

void append_value(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void prometheus_text::family(kind type, std::string_view name, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text_ += type == kind::counter ? " counter\n" : " gauge\n";
}

void prometheus_text::line(std::initializer_list<label> labels, double value) {
  text_ += name_;
  char before = '{';
  for (const auto& [name, content] : labels) {
    text_ += before;
    text_.append(name).append("=\"");
    append_label_value(text_, content);
    text_ += '"';
    before = ',';
  }
  if (labels.size() != 0) {
    text_ += '}';
  }
  text_ += ' ';
  append_value(text_, value);
  text_ += '\n';
}

}  // namespace atlas::ingest
