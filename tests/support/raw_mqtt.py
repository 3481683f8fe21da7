"""MQTT packets made by hand, over TLS: what no well-behaved client library would send, and a great deal of it."""

import socket
import ssl
import struct

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 0x10, 0x20, 0x30, 0x40, 0x50, 0x62, 0x70
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 0x82, 0x90, 0xC0, 0xD0, 0xE0

CLOSED = "closed"  # instead of a reason: the broker broke the connection off


def variable_length(number):
    output = bytearray()
    while True:
        number, digit = divmod(number, 128)
        output.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(output)


def text(value):
    """With its length; bytes go out as they are, valid or not."""
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind, body=b""):
    return bytes([kind]) + variable_length(len(body)) + body


class Wire:
    """A TLS connection that carries packets."""

    def __init__(self, host, port, ca_file, seconds=30):
        context = ssl.create_default_context(cafile=str(ca_file))
        plain = socket.create_connection((host, port), timeout=seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain, server_hostname=host)
        self._buffer = b""

    def send(self, data):
        self._socket.sendall(data)

    def close(self):
        self._socket.close()

    def fileno(self):
        return self._socket.fileno()

    def read(self):
        """The next packet's first byte and body; a ConnectionError when there is none to come."""
        kind = self._exactly(1)[0]
        length, shift = 0, 0
        while True:
            digit = self._exactly(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                break
        return kind, self._exactly(length)

    def _exactly(self, size):
        while len(self._buffer) < size:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the broker closed the connection")
            self._buffer += data
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken


class RawPublisher:
    """MQTT 3.1.1 at QoS 1 with a window: tens of thousands of payloads a second, of any bytes."""

    def __init__(self, host, port, ca_file, user, password, seconds=30):
        self._wire = Wire(host, port, ca_file, seconds)
        self._next_id = 0
        body = text("MQTT") + bytes([4, 0xC2]) + struct.pack("!H", 60) + text(user) + text(user) + text(password)
        self._wire.send(packet(CONNECT, body))
        kind, answer = self._wire.read()
        if kind != CONNACK or answer[1] != 0:
            raise ConnectionError(f"the broker refused the connection: {kind:#x} {answer!r}")

    def close(self):
        try:
            self._wire.send(packet(DISCONNECT))
        except OSError:
            pass
        self._wire.close()

    def publish_all(self, topic, payloads, window=64):
        """Returns when the broker has acknowledged every payload: their number."""
        waiting = 0
        acknowledged = 0
        batch = []
        for payload in payloads:
            self._next_id = self._next_id % 65535 + 1
            batch.append(packet(PUBLISH | 2, text(topic) + struct.pack("!H", self._next_id) + payload))
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
        self._wire.send(b"".join(batch))
        return len(batch)

    def _read_ack(self):
        kind, body = self._wire.read()
        if kind != PUBACK:
            raise ConnectionError(f"expected a PUBACK, got {kind:#x} {body!r}")


class RawClient:
    """One connection, MQTT 3.1.1 or 5, that sends what it is told to, valid or not, and keeps what it is sent.

    Answers are reason codes (0 in MQTT 3.1.1, whose broker does not tell), or CLOSED.
    """

    def __init__(self, broker, user, password, *, client_id=None, version=5, clean=True, will=None, keep_session=0,
                 seconds=10):
        """`user` None: nobody. `will` is (topic, payload, retain); `keep_session` in seconds (MQTT 5)."""
        self._wire = Wire(broker.host, broker.port, broker.ca_file, seconds)
        self._five = version == 5
        self._next_id = 0
        self.messages = []  # (topic, payload, retained)
        self.session_present = False
        name = client_id if client_id is not None else user or "nobody"
        self.refused = self._ask(self._connect(name, user, password, clean, will, keep_session), CONNACK, self._read_connack)

    def _connect(self, client_id, user, password, clean=True, will=None, keep_session=0):
        flags = (0x02 if clean else 0) | (0xC0 if user is not None else 0)
        if will is not None:
            flags |= 0x04 | 1 << 3 | (0x20 if will[2] else 0)
        body = text("MQTT") + bytes([5 if self._five else 4, flags]) + struct.pack("!H", 300)
        if self._five:
            body += self._properties(b"\x11" + struct.pack("!I", keep_session) if keep_session else b"")
        body += text(client_id)
        if will is not None:
            body += (self._properties() if self._five else b"") + text(will[0]) + text(will[1])
        if user is not None:
            body += text(user) + text(password)
        return packet(CONNECT, body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def connect_again(self, user, password):
        """A second CONNECT on the same connection."""
        return self._ask(self._connect(user, user, password), CONNACK, self._read_connack)

    def publish(self, topic, payload=b"stolen", *, qos=1, retain=False, properties=b""):
        """`properties` are MQTT 5's, without their length."""
        self._next_id += 1
        body = text(topic) + (struct.pack("!H", self._next_id) if qos else b"")
        body += (self._properties(properties) if self._five else b"") + payload
        sent = packet(PUBLISH | qos << 1 | (1 if retain else 0), body)
        if qos == 0:
            return self._ask(sent, None, None) or self.barrier()
        if qos == 1:
            return self._ask(sent, PUBACK, self._read_reason)
        reason = self._ask(sent, PUBREC, self._read_reason)
        if reason != 0:
            return reason
        return self._ask(packet(PUBREL, struct.pack("!H", self._next_id)), PUBCOMP, self._read_reason)

    def subscribe(self, pattern, qos=1):
        self._next_id += 1
        body = struct.pack("!H", self._next_id) + (self._properties() if self._five else b"") + text(pattern)
        return self._ask(packet(SUBSCRIBE, body + bytes([qos])), SUBACK, lambda answer: answer[-1])

    def fileno(self):
        return self._wire.fileno()

    def barrier(self):
        """Returns when all has come that the broker had for this client until now: 0, or CLOSED."""
        return self._ask(packet(PINGREQ), PINGRESP, lambda _: 0)

    def vanish(self):
        """Without a DISCONNECT: the broker sends the will."""
        self._wire.close()

    def close(self):
        try:
            self._wire.send(packet(DISCONNECT))
        except OSError:
            pass
        self._wire.close()

    def _properties(self, properties=b""):
        return variable_length(len(properties)) + properties

    def _read_connack(self, body):
        self.session_present = bool(body[0] & 1)
        return body[1]

    def _read_reason(self, body):
        return body[2] if len(body) > 2 else 0

    def _ask(self, data, wanted, read):
        """The answer of kind `wanted` to `data`; what comes before it is kept when it is a message."""
        try:
            self._wire.send(data)
            while wanted is not None:
                kind, body = self._wire.read()
                if kind & 0xF0 == PUBLISH:
                    self._keep(kind, body)
                elif kind == DISCONNECT:
                    return CLOSED
                elif kind == wanted:
                    return read(body)
            return 0
        except (ConnectionError, OSError):
            return CLOSED

    def _keep(self, kind, body):
        size = struct.unpack("!H", body[:2])[0]
        topic, rest = body[2:2 + size], body[2 + size:]
        qos = kind >> 1 & 3
        if qos:
            message_id, rest = rest[:2], rest[2:]
            self._wire.send(packet(PUBACK if qos == 1 else PUBREC, message_id))
        if self._five:
            rest = rest[1 + rest[0]:]  # properties, shorter than 128 bytes in these tests
        self.messages.append((topic.decode(), rest, bool(kind & 1)))
