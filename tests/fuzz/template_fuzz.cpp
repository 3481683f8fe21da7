// A template that somebody has edited, over a message with hostile names: it ends, within its bounds, and
// lets no markup of a name through.
#include "core/message_template.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const nlohmann::json alert{
      {"host", "<h>"}, {"rule", "disk"}, {"value", "\"&'"}, {"firing", true}, {"text", "{{host}}"}};
  const nlohmann::json view{{"title", "<script>\r\n"},
                            {"alerts", {alert, alert, alert}},
                            {"more", false},
                            {"resolved", true},
                            {"count", 3},
                            {"url", nullptr}};
  const auto made = render_template(text, view, escape_html);
  fuzz::require(made.has_value() == check_template(text).has_value());
  if (made) {
    fuzz::require(made->size() <= std::size_t{256} * 1024);
    fuzz::require(made->find("<script>") == std::string::npos ||
                  text.find("<script>") != std::string_view::npos ||
                  text.find('<') != std::string_view::npos);
  }
  return 0;
}
