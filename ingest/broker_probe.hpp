#pragma once

#include "ingest/broker_address.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

namespace atlas::ingest {

// Connects and shakes hands as the MQTT client does, to learn why that failed: Paho reports an unreachable
// broker, a wrong CA and a wrong name alike. Sends nothing but the handshake. Calls `done` on the loop thread
// within a few seconds with one line that says what is wrong and what to do, empty when all is well so far.
void probe_broker(boost::asio::io_context& io, const broker_address& broker,
                  const std::filesystem::path& ca_file, std::function<void(std::string)> done);

}  // namespace atlas::ingest
