"""Hosts that send numbered samples and keep what is not acknowledged, and what history has of them."""

import json

from .deadline import wait_until
from .samples import Publisher


class SpoolingHost:
    """A host as topics.md asks for: it keeps every sample until an acknowledgement covers it."""

    def __init__(self, org, name):
        self.org = org
        self.name = name
        self.client = org.client(name)
        assert self.client.subscribe(org.topic(name, "ack")) < 128
        self.publisher = Publisher(interval=1)
        self.sent = {}  # ts by seq
        self.held = {}  # samples by seq

    def send(self, count=1, cpu=12.5):
        for _ in range(count):
            sample = self.publisher.sample(cpu=cpu)
            self.sent[sample["seq"]] = sample["ts"]
            self.held[sample["seq"]] = sample
            self.client.publish(self.org.topic(self.name), sample)

    def send_held(self):
        """What was not acknowledged, once more, as arrays."""
        self.read_acks()
        held = list(self.held.values())
        for begin in range(0, len(held), 50):
            self.client.publish(self.org.topic(self.name), held[begin:begin + 50])

    def acks(self):
        """All of this boot, oldest first."""
        topic = self.org.topic(self.name, "ack")
        found = [json.loads(payload) for name, payload, _ in self.client.received() if name == topic]
        return [ack for ack in found if ack["boot"] == self.publisher.boot]

    def read_acks(self):
        for ack in self.acks():
            missing = {seq for begin, end in ack.get("missing", []) for seq in range(begin, end + 1)}
            for seq in list(self.held):
                if seq <= ack["seq"] and seq not in missing:
                    del self.held[seq]

    def wait_acknowledged(self, seconds=20):
        def nothing_held():
            self.read_acks()
            return not self.held
        wait_until(nothing_held, seconds, f"an acknowledgement of {self.name}'s samples",
                   lambda: f"{sorted(self.held)[:10]} held, last {self.acks()[-1:]}")

    def stored(self):
        """The times of all samples that history has of it, in order."""
        times = sorted(self.sent.values())
        found = self.org.json(f"/api/v1/hosts/{self.name}/history?metric=cpu.percent&from={times[0]}&to={times[-1]}"
                              "&points=5000")["points"]
        return [point[0] for point in found]

    def check_exactly_once(self):
        """Prints what there is, and fails when a sample is missing or there twice."""
        stored = self.stored()
        missing = set(self.sent.values()) - set(stored)
        twice = len(stored) - len(set(stored))
        print(f"{self.name}: produced {len(self.sent)}, stored {len(stored)}, missing {len(missing)}, twice {twice}")
        assert not missing
        assert not twice
        assert len(stored) == len(self.sent)

    def close(self):
        self.client.close()
