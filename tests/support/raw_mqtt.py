"""A publisher of hand-made MQTT 3.1.1 packets over TLS, QoS 1 with a window: tens of thousands of payloads a second, of any bytes."""

import socket
import ssl
import struct


def _remaining_length(length):
    output = bytearray()
    while True:
        length, digit = divmod(length, 128)
        output.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(output)


def _text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def connect_packet(client_id, user, password, keepalive=60):
    body = _text("MQTT") + bytes([4, 0xC2]) + struct.pack("!H", keepalive) + \
        _text(client_id) + _text(user) + _text(password)
    return b"\x10" + _remaining_length(len(body)) + body


def publish_packet(topic, payload, message_id):
    body = _text(topic) + struct.pack("!H", message_id) + payload
    return b"\x32" + _remaining_length(len(body)) + body


class RawPublisher:
    """One connection. publish_all() returns when the broker has acknowledged every payload."""

    def __init__(self, host, port, ca_file, user, password, seconds=30):
        context = ssl.create_default_context(cafile=str(ca_file))
        plain = socket.create_connection((host, port), timeout=seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain, server_hostname=host)
        self._buffer = b""
        self._next_id = 0
        self._socket.sendall(connect_packet(user, user, password))
        kind, body = self._read_packet()
        if kind != 0x20 or body[1] != 0:
            raise ConnectionError(f"the broker refused the connection: {kind:#x} {body!r}")

    def close(self):
        try:
            self._socket.sendall(b"\xe0\x00")
        except OSError:
            pass
        self._socket.close()

    def publish_all(self, topic, payloads, window=64):
        """The number of payloads that the broker acknowledged."""
        waiting = 0
        acknowledged = 0
        batch = []
        for payload in payloads:
            self._next_id = self._next_id % 65535 + 1
            batch.append(publish_packet(topic, payload, self._next_id))
            if len(batch) == window:
                waiting += self._send(batch)
                batch = []
                while waiting > window:
                    self._read_ack()
                    waiting -= 1
                    acknowledged += 1
        waiting += self._send(batch)
        while waiting:
            self._read_ack()
            waiting -= 1
            acknowledged += 1
        return acknowledged

    def _send(self, batch):
        self._socket.sendall(b"".join(batch))
        return len(batch)

    def _read_ack(self):
        kind, body = self._read_packet()
        if kind != 0x40:
            raise ConnectionError(f"expected a PUBACK, got {kind:#x} {body!r}")

    def _read_exactly(self, size):
        while len(self._buffer) < size:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the broker closed the connection")
            self._buffer += data
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _read_packet(self):
        kind = self._read_exactly(1)[0]
        length, shift = 0, 0
        while True:
            digit = self._read_exactly(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                break
        return kind, self._read_exactly(length)
