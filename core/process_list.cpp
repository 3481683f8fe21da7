#include "core/process_list.hpp"

#include "core/clean_text.hpp"
#include "core/json_object.hpp"
#include "core/json_text.hpp"

#include <algorithm>

namespace atlas {

namespace {

constexpr std::size_t max_command_bytes = 4 * 1024;
constexpr std::size_t max_name = 64;  // bytes
constexpr std::size_t max_user = 32;
constexpr std::size_t max_problem_length = 300;
constexpr double max_cpu_percent = 1e6;
constexpr std::string_view processes_name = "processes";

// Whether it is another command, or a payload that the mistake tells of.
bool is_other(json_object& object) {
  object.require("cmd");
  const auto cmd = object.text("cmd", max_command_bytes);
  return !object.mistake() && cmd != processes_name;
}

process_usage process_of(json_object& object) {
  process_usage one;
  object.require("pid");
  object.require("name");
  one.pid = object.whole("pid");
  one.name = clean_text(object.text("name", max_name), max_name);
  one.user = clean_text(object.text("user", max_user), max_user);
  one.cpu_percent = object.number("cpu");
  if (one.cpu_percent < 0 || one.cpu_percent > max_cpu_percent) {
    object.add_mistake("cpu", "must be a percentage from 0 to 1000000");
  }
  one.memory = object.whole("memory");
  return one;
}

}  // namespace

std::string format_processes_command(const processes_command& command) {
  std::string out = R"({"cmd":"processes","limit":)";
  append_json_integer(out, command.limit);
  return out + '}';
}

result<std::optional<processes_command>> parse_processes_command(std::string_view payload) {
  json_object object(payload, max_command_bytes);
  if (is_other(object)) {
    return std::nullopt;
  }
  processes_command command;
  if (object.has("limit")) {
    command.limit = object.whole("limit");
    if (command.limit == 0 || command.limit > max_top_processes) {
      object.add_mistake("limit", "must be from 1 to 50");
    }
  }
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return command;
}

void append_process(std::string& out, const process_usage& one) {
  out += R"({"pid":)";
  append_json_integer(out, one.pid);
  out += R"(,"name":)";
  append_json_string(out, clean_text(one.name, max_name));
  if (!one.user.empty()) {
    out += R"(,"user":)";
    append_json_string(out, clean_text(one.user, max_user));
  }
  out += R"(,"cpu":)";
  append_json_number(out, one.cpu_percent);
  out += R"(,"memory":)";
  append_json_integer(out, one.memory);
  out += '}';
}

std::string format_processes_reply(const processes_reply& reply) {
  std::string out = R"({"cmd":"processes","ok":)";
  if (reply.problem) {
    out += R"(false,"problem":)";
    append_json_string(out, clean_text(*reply.problem, max_problem_length));
    return out + '}';
  }
  out += R"(true,"processes":[)";
  for (const auto& one : reply.processes) {
    std::string text = out.ends_with('[') ? "" : ",";
    append_process(text, one);
    if (out.size() + text.size() + 2 > max_processes_reply_bytes) {
      break;
    }
    out += text;
  }
  return out + "]}";
}

result<std::optional<processes_reply>> parse_processes_reply(std::string_view payload) {
  json_object object(payload, max_processes_reply_bytes);
  if (is_other(object)) {
    return std::nullopt;
  }
  processes_reply reply;
  object.require("ok");
  if (object.truth("ok")) {
    object.require("processes");
    for (auto& one : object.objects("processes", 2 * max_top_processes)) {
      reply.processes.push_back(process_of(one));
      if (one.mistake()) {
        object.add_mistake("processes", one.mistake()->where + " " + one.mistake()->what);
        break;
      }
    }
  } else {
    reply.problem = clean_text(object.text("problem", max_command_bytes), max_problem_length);
  }
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return reply;
}

}  // namespace atlas
