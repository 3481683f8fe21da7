#pragma once

#include <sys/socket.h>

namespace atlas::notify {

// Where a notification may go, judged by the address that a name has led to. Private ranges are allowed: chat
// and mail servers live there.
//   refused  never: the metadata service of a cloud, which hands out credentials; multicast and the like
//   local    only with allow_local: this machine and its link
enum class address_verdict { fine, local, refused };
address_verdict judge(const sockaddr& address);

}  // namespace atlas::notify
