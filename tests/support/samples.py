"""Samples as topics.md defines them, and payloads that it refuses."""

import json
import random
import time
import uuid


def now_ms():
    return int(time.time() * 1000)


# ms: the service's clock runs evenly and follows the system's, which may be corrected, only when they are a second apart.
CLOCK_SLACK = 1000


def within(earliest, noted, latest):
    """Whether a time by the service's clock is between two by now_ms()."""
    return earliest - CLOCK_SLACK <= noted <= latest + CLOCK_SLACK


class Publisher:
    """Makes the samples of one boot: ts and seq count up."""

    def __init__(self, interval=10):
        self.boot = uuid.uuid4().hex
        self.seq = 0
        self.interval = interval
        self.last_ts = 0

    def sample(self, cpu=12.5, memory=43.0, disk=50.0, **members):
        self.seq += 1
        self.last_ts = max(now_ms(), self.last_ts + 1)
        value = {
            "v": 1, "ts": self.last_ts, "seq": self.seq, "boot": self.boot, "interval": self.interval,
            "cpu": {"percent": cpu, "cores": [cpu, cpu], "load": [0.1, 0.2, 0.3]},
            "memory": {"total": 8_000_000_000, "used": int(80_000_000 * memory),
                       "available": 8_000_000_000 - int(80_000_000 * memory), "percent": memory,
                       "swap_total": 0, "swap_used": 0},
            "disks": [{"mount": "/", "device": "/dev/sda1", "fs": "ext4", "total": 1000, "used": int(10 * disk),
                       "percent": disk}],
            "network": [{"name": "eth0", "rx_bps": 1200, "tx_bps": 800}],
            "uptime": 86400, "processes": 213,
        }
        value.update(members)
        return value

    def text(self, *args, **kwargs):
        return json.dumps(self.sample(*args, **kwargs))


def _base():
    return {"v": 1, "ts": now_ms(), "cpu": {"percent": 1.0}, "memory": {"percent": 2.0}}


def _changed(path, value):
    sample = _base()
    place = sample
    for name in path[:-1]:
        place = place.setdefault(name, {})
    place[path[-1]] = value
    return json.dumps(sample).encode()


def too_large(rng):
    filler = "x" * rng.randint(65_536, 66_000)
    return b'{"v":1,"note":"' + filler.encode() + b'"}'


def not_utf8(rng):
    bad = rng.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80", b"\xe2\x82"])
    return b'{"v":1,"ts":1764000000123,"boot":"' + bad + b'","cpu":{"percent":1},"memory":{"percent":2}}'


def not_json(rng):
    whole = json.dumps(Publisher().sample()).encode()
    return rng.choice([
        whole[:rng.randint(1, len(whole) - 1)],  # truncated
        b"", b"nonsense", b"{", b"[1,2", whole + b"}", whole + whole,
        whole.replace(b'"ts": ', b'"ts": 0x', 1), whole.replace(b'"v": 1', b'"v": NaN', 1),
        b"{'v':1}", b"\x00" * rng.randint(1, 40), b'{"v":1,}',
    ])


def too_deep(rng):
    depth = rng.randint(9, 3000)
    opening, closing = rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
    inner = b"1" if opening != b"[" else b""
    return b'{"v":1,"ts":1764000000123,"cpu":{"percent":1},"memory":{"percent":2},"x":' + \
        opening * depth + inner + closing * depth + b"}"


def wrong_type(rng):
    return rng.choice([
        lambda: _changed(["cpu", "percent"], "12"),
        lambda: _changed(["cpu"], [1]),
        lambda: _changed(["memory"], 5),
        lambda: _changed(["memory", "percent"], False),
        lambda: _changed(["ts"], "now"),
        lambda: _changed(["disks"], {}),
        lambda: _changed(["disks"], [1]),
        lambda: _changed(["network"], "eth0"),
        lambda: _changed(["boot"], 5),
        lambda: _changed(["cpu", "cores"], ["x"]),
        lambda: b"5",
        lambda: b'"text"',
        lambda: b"null",
        lambda: b"true",
        lambda: b"[5]",
    ])()


def missing_member(rng):
    sample = _base()
    gone = rng.choice(["v", "ts", "cpu", "memory", "cpu.percent", "memory.percent", "null"])
    if gone == "null":
        sample["memory"]["percent"] = None
    elif "." in gone:
        sample[gone.split(".")[0]].pop("percent")
    else:
        sample.pop(gone)
    return json.dumps(sample).encode()


def out_of_range(rng):
    return rng.choice([
        lambda: _changed(["cpu", "percent"], rng.choice([-0.1, -1e9, 100.5, 1e308])),
        lambda: _changed(["memory", "percent"], rng.choice([-1, 101, 1e300])),
        lambda: _changed(["cpu", "cores"], [5, 1000]),
        lambda: _changed(["disks"], [{"mount": "/", "device": "d", "fs": "f", "total": 1, "used": 1,
                                      "percent": 500}]),
        lambda: _changed(["disks"], [{"mount": "/" * 300, "device": "d", "fs": "f", "total": 1, "used": 1,
                                      "percent": 50}]),
        lambda: _changed(["network"], [{"name": "e" * 300, "rx_bps": 1, "tx_bps": 1}]),
        lambda: _changed(["network"], [{"name": "e", "rx_bps": -5, "tx_bps": 1}]),
        lambda: _changed(["ts"], -5),
        lambda: _changed(["battery"], {"percent": 101, "charging": True}),
    ])()


def too_many(rng):
    count = rng.randint(1025, 1100)
    if rng.random() < 0.2:
        return b"[" + b",".join([b"{}"] * count) + b"]"
    return _changed(["cpu", "cores"], [1] * count)


def unsupported_version(rng):
    return _changed(["v"], rng.choice([0, 2, 7, 255]))


# By the `reason` label that atlas_samples_rejected_total must count them under.
MALFORMED = {
    "too_large": too_large,
    "not_utf8": not_utf8,
    "not_json": not_json,
    "too_deep": too_deep,
    "wrong_type": wrong_type,
    "missing_member": missing_member,
    "out_of_range": out_of_range,
    "too_many": too_many,
    "unsupported_version": unsupported_version,
}


def malformed(reason, count, seed):
    rng = random.Random(f"{reason}/{seed}")
    make = MALFORMED[reason]
    return (make(rng) for _ in range(count))
