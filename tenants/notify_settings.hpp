#pragma once

#include "core/notify_channel.hpp"
#include "tenants/config_document.hpp"

#include <string>
#include <vector>

namespace atlas::tenants {

// The list alerts.notify of tenant.json. Appends every mistake with its JSON path; a secret never stands in
// one.
std::vector<notify_channel> read_channels(const json& value, const std::string& path,
                                          std::vector<error>& mistakes);
json write_channels(const std::vector<notify_channel>& channels);
// Takes what is secret out of such a list: passwords, tokens, and the addresses that are as good as one.
void mask_channels(json& list);

}  // namespace atlas::tenants
