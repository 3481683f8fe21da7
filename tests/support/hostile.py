"""Clients that mean no good, on bare sockets, and the visitor whom they must not disturb."""

import base64
import os
import resource
import socket
import struct
import subprocess
import threading

import psutil

from .fleet import settle
from .programs import SLOW


def allow_many_files(count=8192):
    """A socket is a file: as many as a thousand connections need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def connect(port, source="127.0.0.1", receive_buffer=None, seconds=10):
    """A TCP connection from an address of the loopback network, all of which reach 127.0.0.1."""
    client = socket.socket()
    try:
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(seconds)
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
    except OSError:
        client.close()
        raise
    return client


def kernel_bytes():
    """What the kernel holds for all TCP connections of this machine."""
    with open("/proc/net/sockstat", encoding="ascii") as file:
        fields = next(line for line in file if line.startswith("TCP:")).split()
    return int(fields[fields.index("mem") + 1]) * resource.getpagesize()


def head(method, target, *headers):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


def post(target, size, *headers):
    return head("POST", target, "Content-Type: application/json", f"Content-Length: {size}", *headers)


def send_all(client, data):
    """False when the server would not have it all."""
    try:
        client.sendall(data)
        return True
    except OSError:
        return False


def read_status(client):
    """The status of the next response; None when the connection ends without one."""
    data = b""
    try:
        while b"\r\n" not in data:
            more = client.recv(4096)
            if not more:
                return None
            data += more
    except OSError:
        return None
    return int(data.split()[1])


def is_closed(client, seconds=0):
    """Whether the server has closed the connection, or does within that time."""
    client.settimeout(max(seconds, 0.001))
    try:
        while client.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except OSError:
        return True


def open_live(port, token, *headers, source="127.0.0.1", receive_buffer=None):
    """A WebSocket of which nothing is read but the answer to the upgrade."""
    client = connect(port, source, receive_buffer)
    client.sendall(head("GET", "/api/v1/live", f"Authorization: Bearer {token}", "Upgrade: websocket",
                        "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(), *headers))
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = client.recv(1)
        if not more:
            break
        answer += more
    return client, answer.decode()


def frame(payload, opcode=1, fin=True, compressed=False, announced=None):
    """A client's frame, masked; `announced` is the size that it claims."""
    size = len(payload) if announced is None else announced
    first = (0x80 if fin else 0) | (0x40 if compressed else 0) | opcode
    if size < 126:
        start = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        start = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        start = struct.pack("!BBQ", first, 0x80 | 127, size)
    mask = b"\x5a\x11\xc3\x7e"
    body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return start + mask + body


def close_code(client, seconds=10):
    """The code of the server's close frame; None when there is none."""
    client.settimeout(seconds)
    data = b""
    try:
        while True:
            while len(data) < 2:
                data += client.recv(65536) or exit_reading()
            size = data[1] & 0x7f
            start = 2
            if size == 126:
                start, size = 4, struct.unpack("!H", data[2:4])[0]
            elif size == 127:
                start, size = 10, struct.unpack("!Q", data[2:10])[0]
            while len(data) < start + size:
                data += client.recv(65536) or exit_reading()
            if data[0] & 0xf == 8:
                return struct.unpack("!H", data[start:start + 2])[0]
            data = data[start + size:]
    except OSError:
        return None


def exit_reading():
    raise ConnectionResetError


class Visitor:
    """Asks for pages over and over while something else goes on, and weighs the service meanwhile.

    curl measures, in a process of its own: what the test itself is busy with does not count.
    """

    def __init__(self, org, pid, source="127.0.0.1"):
        self._org = org
        self._service = psutil.Process(pid)
        self._source = source
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.took = []  # seconds, of each visit
        self.failures = []
        self.rss_before = self.rss()
        self.rss_most = self.rss_before

    def rss(self):
        return self._service.memory_info().rss

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._stop.set()
        self._thread.join(30)
        if kind is None:
            self._check()

    def _check(self):
        grown = (self.rss_most - self.rss_before) / 2**20
        slowest = sorted(self.took)
        self.report = (f"{len(self.took)} pages, slowest {[round(seconds * 1000) for seconds in slowest[-3:]]} ms; "
                       f"{self.rss_before / 2**20:.1f} MiB + {grown:.1f} MiB")
        print(self.report)
        assert not self.failures, f"{len(self.failures)} of {len(self.took)}: {self.failures[:5]}"
        assert len(slowest) >= 3
        # A busy machine may stop everything for a second, once or twice.
        assert slowest[-3] < 1 * SLOW and slowest[-1] < 5 * SLOW, self.report

    @property
    def grown(self):
        """Bytes of memory at most since the beginning."""
        return self.rss_most - self.rss_before

    def visit(self, path, *options):
        done = subprocess.run(
            ["curl", "--silent", "--output", "/dev/null", "--noproxy", "*", "--interface", self._source, "--max-time",
             str(10 * SLOW), "--write-out", "%{http_code} %{time_total}", *options, self._org.base + path],
            capture_output=True, text=True, check=False, timeout=20 * SLOW)
        code, seconds = done.stdout.split()
        self.took.append(float(seconds))
        if code != "200":
            self.failures.append(f"{path}: {code} after {seconds} s")
        self.rss_most = max(self.rss_most, self.rss())

    def _run(self):
        token = f"Authorization: Bearer {self._org.token()}"
        # What goes on may be over at once: a few pages all the same.
        while not self._stop.is_set() or (len(self.took) < 3 and not self.failures):
            self.visit("/dashboard")
            self.visit("/api/v1/hosts", "--header", token)
            self._stop.wait(0.05)

    def stay(self, seconds):
        """Goes on for a while."""
        settle(seconds)
