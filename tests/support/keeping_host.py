"""Hosts of a swarm that keep each sample until the service says that it is stored, as topics.md asks of a publisher."""

import asyncio
import json
import struct
import time

from .host_swarm import (ACK, PATIENCE, SAMPLE, STATUS, HostSwarm, SwarmHost, next_packet, packet, publish, subscribe,
                         taken)
from .samples import Publisher, now_ms

BATCH = 5  # the packet number of an array
MOST_BYTES = 60 * 1024  # of one array
PACE = 0.25  # seconds from one array to the next
RESEND_AFTER = 5  # seconds: what is missing so soon after it was sent may only be on its way


class KeepingHost(SwarmHost):
    """Takes a sample each interval, connected or not. `produced` has (boot, seq) by ts; the sample's `processes` is its
    number over all boots, so that history can tell one from the other."""

    def __init__(self, swarm, name, password):
        super().__init__(swarm, name, password)
        self.source = Publisher(interval=swarm.interval)
        self.produced = {}  # by ts: the number over all boots
        self.kept = {}  # by (boot, seq), oldest first
        self.acks = 0
        self.resent = 0
        self._waiting_to_go = {}
        self._news = None
        self._under_way = {}  # by packet number: since when the broker has not acknowledged it
        self._last_batch = 0

    def restart(self):
        """As after kill -9: another boot; what is kept is kept."""
        last = self.source.last_ts
        self.source = Publisher(interval=self.swarm.interval)
        self.source.last_ts = last

    async def run(self):
        self._news = asyncio.Event()
        producing = asyncio.ensure_future(self._produce())
        try:
            await super().run()
        finally:
            producing.cancel()

    async def _produce(self):
        due = time.monotonic()
        while True:
            if self.swarm.may_send:
                number = len(self.produced) + 1
                sample = self.source.sample(processes=number)
                self.produced[sample["ts"]] = number
                key = sample["boot"], sample["seq"]
                self.kept[key] = self._waiting_to_go[key] = sample
                self._news.set()
            due += self.swarm.interval
            await asyncio.sleep(max(0, due - time.monotonic()))

    async def _report(self, reader, writer):
        """Until the connection ends: the newest alone, then the others in arrays."""
        topic = self.swarm.org.topic
        writer.write(subscribe([topic(self.name, "cmd"), topic(self.name, "ack")]))
        status = {"state": "online", "ts": now_ms(), "boot": self.source.boot}
        writer.write(publish(topic(self.name, "status"), status, STATUS, retain=True))
        self._waiting_to_go = dict(self.kept)
        self._under_way = {}
        self._last_batch = time.monotonic()
        listening = asyncio.ensure_future(self._listen(reader, writer))
        try:
            while not listening.done():
                self._send_newest(writer)
                self._send_batch(writer)
                if any(time.monotonic() - since > PATIENCE for since in self._under_way.values()):
                    return  # the network swallows everything
                self._news.clear()
                pace = PACE if self._waiting_to_go or self._under_way else self.swarm.interval
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait([listening, news], timeout=pace, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    def _send_newest(self, writer):
        newest = next(reversed(self.kept), None)
        if newest in self._waiting_to_go and SAMPLE not in self._under_way:
            writer.write(publish(self.swarm.org.topic(self.name), self._waiting_to_go.pop(newest), SAMPLE))
            self._under_way[SAMPLE] = time.monotonic()

    def _send_batch(self, writer):
        if not self._waiting_to_go or BATCH in self._under_way or time.monotonic() - self._last_batch < PACE:
            return
        batch, size = [], 0
        while self._waiting_to_go and len(batch) < 1000:
            key = next(iter(self._waiting_to_go))
            size += len(json.dumps(self._waiting_to_go[key])) + 2
            if size > MOST_BYTES and batch:
                break
            batch.append(self._waiting_to_go.pop(key))
        writer.write(publish(self.swarm.org.topic(self.name), batch, BATCH))
        self._under_way[BATCH] = self._last_batch = time.monotonic()

    async def _listen(self, reader, writer):
        while True:
            kind, body = await next_packet(reader)
            if kind == ACK and struct.unpack("!H", body[:2])[0] in (SAMPLE, BATCH):
                self._under_way.pop(struct.unpack("!H", body[:2])[0], None)
                self.sent += 1
                self._news.set()
            elif kind & 0xF0 == 0x30:
                topic, number, payload, _ = taken(body)
                writer.write(packet(ACK, struct.pack("!H", number)))
                if topic.endswith("/ack"):
                    self._trim(json.loads(payload))

    def _trim(self, ack):
        self.acks += 1
        missing = ack.get("missing", [])
        may_resend = time.monotonic() - self._last_batch > RESEND_AFTER
        for key in [key for key in self.kept if key[0] == ack["boot"] and key[1] <= ack["seq"]]:
            if not any(first <= key[1] <= last for first, last in missing):
                if key not in self._waiting_to_go:
                    del self.kept[key]
            elif may_resend and key not in self._waiting_to_go:
                self.resent += 1
                self._waiting_to_go[key] = self.kept[key]
                self._news.set()


class KeepingSwarm(HostSwarm):
    """Hosts that follow the contract to the letter; `port` is where they look for the broker."""

    host_type = KeepingHost

    def is_stored(self):
        """Whether everything that was produced has been acknowledged as stored."""
        return not any(host.kept for host in self.hosts.values())

    def restart_host(self, name):
        self._loop.call_soon_threadsafe(self.hosts[name].restart)
