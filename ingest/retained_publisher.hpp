#pragma once

#include <string>

namespace atlas::ingest {

// The port for states that the broker keeps for whoever subscribes later. An empty payload forgets a topic.
class retained_publisher {
 public:
  virtual ~retained_publisher() = default;
  // Loop thread; never blocks. Only the newest payload of a topic is sure to be sent.
  virtual void publish_retained(std::string topic, std::string payload) = 0;
};

}  // namespace atlas::ingest
