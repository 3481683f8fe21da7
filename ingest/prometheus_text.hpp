#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace atlas::ingest {

// Writes Prometheus's text format 0.0.4, family by family. Straight into one buffer: a page of 1,000 hosts
// has some 20,000 lines, and the objects of a metrics library would cost the loop many times as much.
class prometheus_text {
 public:
  enum class kind { counter, gauge };
  using label = std::pair<std::string_view, std::string_view>;

  // Begins a family; its lines follow. `help` needs no escapes.
  void family(kind type, std::string_view name, std::string_view help);
  // A line of the family that was begun last.
  void line(double value) { line({}, value); }
  void line(std::initializer_list<label> labels, double value);

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

}  // namespace atlas::ingest
