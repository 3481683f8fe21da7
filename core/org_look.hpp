#pragma once

#include "core/notify_channel.hpp"

#include <string>

namespace atlas {

// How an organisation looks to whoever reads its messages.
struct org_look {
  std::string id;
  std::string name;
  std::string title;          // of the dashboard
  std::string color;          // #rrggbb
  std::string dashboard_url;  // empty: no link
  notify_templates templates;
};

}  // namespace atlas
