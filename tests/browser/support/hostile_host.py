"""A host all of whose names mean harm: it reports every second and answers what its processes are, until it is stopped.

    hostile_host.py CONFIG        CONFIG is an agent's configuration file
"""

import json
import pathlib
import ssl
import sys
import time
import uuid

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

IMAGE = "<img src=x onerror=window.hacked=1>"
NAMES = [
    IMAGE,
    "<script>window.hacked=1</script>",
    "\"'><svg/onload=window.hacked=1>",
    "{{constructor.constructor('window.hacked=1')()}}",
    "javascript:window.hacked=1",
    "\u202egnp.exe\u202c",
    "a" * 200,
    "Zz\u0335\u0321\u0322\u0327\u0328\u0334" * 12,
]


def sample(boot, seq):
    mounts = ["/" + name for name in NAMES]
    return {
        "v": 1, "ts": int(time.time() * 1000), "seq": seq, "boot": boot, "interval": 1,
        "cpu": {"percent": 97.5, "cores": [97.5] * 8, "load": [1e6, 0.1, 0], "iowait": 1, "steal": 0},
        "memory": {"total": 2**52, "used": 2**51, "available": 2**51, "percent": 99.99, "swap_total": 1, "swap_used": 1},
        "disks": [{"mount": mount, "device": IMAGE, "fs": IMAGE[:16], "total": 2**52, "used": 2**52, "percent": 100, "read_bps": 1e15,
                   "write_bps": 0} for mount in mounts],
        "network": [{"name": name, "rx_bps": 1e15, "tx_bps": 0.001} for name in NAMES],
        "temperatures": [{"name": name, "celsius": 99.9} for name in NAMES],
        "battery": {"percent": 1, "charging": False}, "uptime": 2**40, "processes": 2**30,
    }


INFO = {"os": IMAGE, "version": NAMES[6], "kernel": IMAGE, "model": NAMES[7], "arch": IMAGE, "cores": 8, "memory": 2**52,
        "agent_version": IMAGE, "hostname": NAMES[2], "tags": NAMES, "addresses": NAMES}


def cut(name, most):
    """As many bytes as the service takes."""
    return name.encode()[:most].decode(errors="ignore")


PROCESSES = [{"pid": pid, "name": cut(name, 64), "user": cut(name, 32), "cpu": 99.9, "memory": 2**40} for pid, name in enumerate(NAMES, 1)]


def main():
    config = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    topic = f"org/{config['organization_id']}/host/{config['host_id']}/"
    user = topic.removeprefix("org/").rstrip("/")
    boot = uuid.uuid4().hex
    client = paho.Client(client_id=user, protocol=paho.MQTTv5)
    client.username_pw_set(user, config["password"])
    client.tls_set_context(ssl.create_default_context(cadata=config["ca_pem"]))

    def on_connect(*_):
        client.subscribe(topic + "cmd", qos=1)
        client.publish(topic + "status", json.dumps({"state": "online", "ts": int(time.time() * 1000), "boot": boot}), qos=1, retain=True)
        client.publish(topic + "info", json.dumps(INFO), qos=1, retain=True)

    def on_message(_client, _userdata, message):
        if json.loads(message.payload)["cmd"] != "processes":
            return
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = message.properties.CorrelationData
        client.publish(topic + "reply", json.dumps({"cmd": "processes", "ok": True, "processes": PROCESSES}), qos=1, properties=properties)

    client.on_connect, client.on_message = on_connect, on_message
    host, _, port = config["server_url"].removeprefix("mqtts://").rpartition(":")
    client.connect(host, int(port))
    client.loop_start()
    seq = 0
    while True:
        seq += 1
        client.publish(topic + "metrics", json.dumps(sample(boot, seq)), qos=1)
        time.sleep(1)


if __name__ == "__main__":
    main()
