#pragma once

#include "web/ports.hpp"

#include <string>
#include <string_view>

namespace atlas::web {

// One or two letters for an organisation: "AF" of "Acme Fleet". Upper case as far as ASCII goes.
std::string monogram(std::string_view title);

// An SVG image of the monogram on the brand's colour, for tabs and home screens.
std::string brand_icon(const branding& brand);

// The web application manifest (W3C), with which a browser installs the dashboard as an application.
std::string web_manifest(const branding& brand);

}  // namespace atlas::web
