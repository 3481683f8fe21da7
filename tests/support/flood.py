"""A host that sends as fast as it can, as a process of its own: python3 -m support.flood, told what to do as JSON on stdin.

{"host", "port", "ca_file", "user", "password", "topic", "payload", "seconds"} → the number of messages sent.
"""

import json
import struct
import sys
import time

from .raw_mqtt import CONNACK, CONNECT, PUBLISH, Wire, packet, text

BATCH = 500


def flood(host, port, ca_file, user, password, topic, payload, seconds):
    wire = Wire(host, port, ca_file)
    wire.send(packet(CONNECT, text("MQTT") + bytes([4, 0xC2]) + struct.pack("!H", 0) + text(user) + text(user) + text(password)))
    kind, answer = wire.read()
    assert kind == CONNACK and answer[1] == 0, answer
    batch = packet(PUBLISH, text(topic) + payload.encode()) * BATCH
    sent = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        wire.send(batch)
        sent += BATCH
    wire.close()
    return sent


if __name__ == "__main__":
    print(flood(**json.load(sys.stdin)))
