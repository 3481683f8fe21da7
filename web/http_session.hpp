#pragma once

#include "web/connection.hpp"

#include <memory>

namespace atlas::web {

// Speaks HTTP/1.1 on a new connection until it ends or becomes a WebSocket, which it then serves too.
task<void> serve_connection(std::shared_ptr<connection> on);

}  // namespace atlas::web
