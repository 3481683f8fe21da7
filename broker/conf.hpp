#pragma once

#include "broker/listener.hpp"
#include "broker/passwd.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace atlas::broker {

struct broker_options {
  std::filesystem::path dir;  // <root>/broker, absolute
  listener_address listener;
  std::vector<std::string>
      names;                    // DNS names and IP addresses in the server certificate, beside the listener's
  std::filesystem::path guard;  // the plugin to load, see guard/; empty: none
  std::string limits = "{}";    // for it, see guard/limits.hpp
  // Users of the present password file who stay though no credential is given for them.
  user_filter keeps = {};
  password_memo* memo = nullptr;  // null: every hash is computed anew
};

// The names that the server certificate must bear: the listener's, those of `options.names`, and this
// machine's own for those who connect from here.
std::vector<std::string> certificate_names(const broker_options& options);

// mosquitto.conf; `run_as_user` is what the broker turns into when root starts it.
std::string render_conf(const broker_options& options, std::string_view run_as_user);

}  // namespace atlas::broker
