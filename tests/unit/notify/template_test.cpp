#include "core/message_template.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace atlas::test {
namespace {

TEST(MessageTemplate, PutsValuesInThroughItsEscape) {
  const nlohmann::json view{{"name", "<b>"}, {"list", {{{"x", 1}}, {{"x", 2}}}}, {"none", false}};
  EXPECT_EQ(render_template("{{name}} {{#list}}{{x}},{{/list}}{{^none}}!{{/none}}", view, escape_html),
            "&lt;b&gt; 1,2,!");
  EXPECT_EQ(render_template("{{name}}{{unknown}}", view, escape_nothing), "<b>");
}

TEST(MessageTemplate, RefusesWhatIsWrongOrWouldUndoTheEscaping) {
  for (const auto* text :
       {"{{name", "{{", "}} {{", "{{#a}}", "{{/a}}", "{{{name}}}", "{{&name}}", "{{ &name}}", "{{>other}}",
        "{{=<% %>=}}", "{{#a}}{{#b}}{{#c}}{{/c}}{{/b}}{{/a}}", "{{a {{b}}"}) {
    EXPECT_FALSE(check_template(text)) << text;
  }
  EXPECT_FALSE(check_template(std::string(20'000, 'x')));
  EXPECT_TRUE(check_template(""));
  EXPECT_TRUE(check_template("{{#a}}{{^b}}{{c}}{{/b}}{{/a}} { } }}"));
}

TEST(MessageTemplate, EndsWhenMuchComesOut) {
  auto list = nlohmann::json::array();
  for (int i = 0; i < 200; ++i) list.push_back({{"x", std::string(100, 'x')}});
  const auto made = render_template("{{#l}}{{#l}}{{x}}{{/l}}{{/l}}", {{"l", list}}, escape_nothing);
  ASSERT_TRUE(made);
  EXPECT_LE(made->size(), 256U * 1024);
}

}  // namespace
}  // namespace atlas::test
