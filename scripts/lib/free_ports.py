"""Prints, for each wanted port, the port itself when it is free on every local address, else the next free one."""

import socket
import sys


def is_free(port):
    for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        try:
            with socket.socket(family) as probe:
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as problem:
            # A machine without IPv6 has no IPv6 port to take.
            if family == socket.AF_INET6 and not isinstance(problem, PermissionError) and problem.errno != 98:
                continue
            return False
    return True


def main():
    wanted = [int(word) for word in sys.argv[1:]]
    chosen = []
    for port in wanted:
        # A port that another of the list still waits for is left to it.
        while port in chosen or (port not in wanted and port in range(0, 1024)) or not is_free(port):
            port += 1
            while port in wanted:
                port += 1
            if port > 65535:
                sys.exit("free_ports: no port is free")
        chosen.append(port)
    print(*chosen)


if __name__ == "__main__":
    main()
