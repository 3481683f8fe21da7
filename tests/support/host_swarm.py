"""Thousands of hosts in one thread: MQTT 5 over TLS by hand, samples, and new passwords as topics.md says."""

import asyncio
import json
import ssl
import struct
import threading

from .samples import Publisher, now_ms

RETRY = 0.3  # seconds between two attempts to connect
PATIENCE = 5  # seconds until a connection that gives no answer counts as broken
# Packet numbers: of each kind one is under way at a time.
STATUS, REPLY, SAMPLE = 2, 3, 4

ACK = 0x40  # the packet that acknowledges another

CORRELATION_DATA = 9
# Properties by the size of their value; text and binary data come with their length.
SIZES = {1: 1, 2: 4, 3: None, 8: None, 9: None, 0x23: 2}


def _length(value):
    output = bytearray()
    while True:
        value, digit = divmod(value, 128)
        output.append(digit | (0x80 if value else 0))
        if not value:
            return bytes(output)


def _text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind, body):
    return bytes([kind]) + _length(len(body)) + body


def _connect(user, password, will=None):
    """`will`: topic and payload of a Last Will, retained, at QoS 1."""
    flags, testament = (0xC2, b"") if will is None else (0xEE, b"\0" + _text(will[0]) + _text(json.dumps(will[1])))
    return packet(0x10, _text("MQTT") + bytes([5, flags]) + struct.pack("!H", 60) + b"\0" +
                   _text(user) + testament + _text(user) + _text(password))


def publish(topic, payload, number, retain=False, correlation=b""):
    properties = bytes([CORRELATION_DATA]) + _text(correlation) if correlation else b""
    return packet(0x33 if retain else 0x32, _text(topic) + struct.pack("!H", number) + _length(len(properties)) +
                   properties + json.dumps(payload).encode())


def subscribe(topics):
    return packet(0x82, b"\0\1\0" + b"".join(_text(topic) + b"\1" for topic in topics))


def taken(body):
    """Topic, packet number, payload and correlation data of a PUBLISH at QoS 1."""
    at = 2 + struct.unpack("!H", body[:2])[0]
    topic = body[2:at].decode()
    number = struct.unpack("!H", body[at:at + 2])[0]
    at += 2
    size = body[at]  # of the few properties of a command: one byte says it
    end = at = at + 1
    end += size
    correlation = b""
    while at < end:
        kind, at = body[at], at + 1
        step = SIZES[kind]
        if step is None:
            step = 2 + struct.unpack("!H", body[at:at + 2])[0]
            if kind == CORRELATION_DATA:
                correlation = body[at + 2:at + step]
        at += step
    return topic, number, body[end:], correlation


async def next_packet(reader):
    """First byte and body."""
    kind = (await reader.readexactly(1))[0]
    size, shift = 0, 0
    while True:
        digit = (await reader.readexactly(1))[0]
        size |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            return kind, await reader.readexactly(size)


class SwarmHost:
    """One host; its figures are read from other threads."""

    def __init__(self, swarm, name, password):
        self.swarm, self.name = swarm, name
        self.passwords = [password]  # the newest first
        self.source = Publisher(interval=1)
        self.sent = 0  # samples that the broker has acknowledged
        self.connected = False
        self.may_answer = True
        self._waiting = None  # the sample that is not acknowledged yet
        self._asked = []

    @property
    def is_idle(self):
        return self._waiting is None and self.connected

    async def run(self):
        attempt = 0
        while True:
            which = attempt % len(self.passwords)
            attempt += 1
            try:
                reader, writer = await self.swarm.open()
            except (OSError, asyncio.TimeoutError):
                await asyncio.sleep(RETRY)
                continue
            try:
                writer.write(_connect(self.swarm.org.user(self.name), self.passwords[which], self._will()))
                kind, body = await asyncio.wait_for(next_packet(reader), PATIENCE)
                if kind == 0x20 and body[1] == 0:
                    if which == 0:
                        del self.passwords[1:]  # the newest works
                    attempt = 0
                    self.connected = True
                    await self._report(reader, writer)
            except (OSError, EOFError, asyncio.TimeoutError):
                pass
            finally:
                self.connected = False
                writer.transport.abort()
            await asyncio.sleep(RETRY)

    def _will(self):
        if not self.swarm.wills:
            return None
        return self.swarm.org.topic(self.name, "status"), {"state": "lost", "ts": now_ms(), "boot": self.source.boot}

    async def _report(self, reader, writer):
        """Until the connection ends."""
        topic = self.swarm.org.topic
        writer.write(subscribe([topic(self.name, "cmd")]))
        status = {"state": "online", "ts": now_ms(), "boot": self.source.boot}
        writer.write(publish(topic(self.name, "status"), status, STATUS, retain=True))
        listening = asyncio.ensure_future(self._listen(reader, writer))
        sent_here = None
        try:
            while not listening.done():
                if self.may_answer:
                    self._answer(writer)
                if self._waiting is None and self.swarm.may_send:
                    self._waiting = self.source.sample()
                if self._waiting is not None and self._waiting is not sent_here:
                    sent_here = self._waiting
                    writer.write(publish(topic(self.name), sent_here, SAMPLE))
                await asyncio.wait([listening], timeout=self.swarm.interval)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, reader, writer):
        while True:
            kind, body = await next_packet(reader)
            if kind == 0x40 and struct.unpack("!H", body[:2])[0] == SAMPLE:
                self._waiting = None
                self.sent += 1
            elif kind & 0xF0 == 0x30:
                _, number, payload, correlation = taken(body)
                writer.write(packet(0x40, struct.pack("!H", number)))
                command = json.loads(payload)
                if command["cmd"] != "rekey":
                    continue
                if command["password"] not in self.passwords:
                    self.passwords.insert(0, command["password"])
                self._asked.append((command["generation"], correlation))
                if self.may_answer:
                    self._answer(writer)

    def _answer(self, writer):
        for generation, correlation in self._asked:
            answer = {"cmd": "rekey", "ok": True, "generation": generation}
            writer.write(publish(self.swarm.org.topic(self.name, "reply"), answer, REPLY, correlation=correlation))
        self._asked = []


class HostSwarm:
    """Runs its hosts until stop(); `passwords` by host. They look for the broker at `port`, else where it is."""

    host_type = SwarmHost

    def __init__(self, org, passwords, interval=1.0, port=None, wills=False):
        self.org, self.interval, self.wills = org, interval, wills
        self.port = port or org.fleet.broker_address.port
        self.may_send = True
        self.hosts = {name: self.host_type(self, name, password) for name, password in passwords.items()}
        self._tls = ssl.create_default_context(cafile=str(org.fleet.broker_address.ca_file))
        self._loop = asyncio.new_event_loop()
        self._opening = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self, names):
        if self._thread.ident is None:
            self._thread.start()
        for name in names:
            asyncio.run_coroutine_threadsafe(self.hosts[name].run(), self._loop)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def open(self):
        broker = self.org.fleet.broker_address
        # A few at a time: a thousand handshakes at once would all be slow.
        async with self._opening:
            return await asyncio.wait_for(asyncio.open_connection(broker.host, self.port, ssl=self._tls), PATIENCE)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._opening = asyncio.Semaphore(50)
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # An aborted connection closes its socket in the turns that follow.
        for _ in range(5):
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
