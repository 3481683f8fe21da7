#pragma once

#include <string>
#include <string_view>

namespace atlas::tenants {

// What a value of tenant.json may be. Each takes the value, brings it into its one form where there are
// several, and returns what is wrong with it: "must be …", or an empty text. The caller adds the value found.

std::string accept_name(std::string& text);
std::string accept_contact(std::string& text);     // an e-mail address or empty
std::string accept_address(std::string& text);     // an IP address or a host name
std::string accept_server_url(std::string& text);  // https://host[:port], http:// too
std::string accept_broker_url(std::string& text);  // mqtts://host[:port]
std::string accept_title(std::string& text);
std::string accept_color(std::string& text);  // "#0F0" becomes "#00ff00"
std::string accept_logo_url(std::string& text);
std::string accept_path(std::string& text);       // absolute
std::string accept_time_zone(std::string& text);  // a name of the time zone database
std::string accept_store(std::string& text);
std::string accept_template(std::string& text);    // of messages
std::string accept_notify_url(std::string& text);  // http:// or https://, a path too
std::string accept_mail_address(std::string& text);

}  // namespace atlas::tenants
