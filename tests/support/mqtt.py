"""paho-mqtt with a credential of ours, over TLS with the root's CA."""

import json
import threading

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes

from .deadline import wait_until

NOT_AUTHORIZED = 135


class _Client(paho.Client):
    """Keeps the reason code of each PUBACK, which paho 1.6 reads and drops."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.puback_reasons = {}

    def _handle_pubackcomp(self, cmd):
        packet = self._in_packet["packet"]
        message_id = int.from_bytes(packet[:2], "big")
        self.puback_reasons[message_id] = packet[2] if len(packet) > 2 else 0
        return super()._handle_pubackcomp(cmd)


class Client:
    """A connected client; use as a context manager or close() it."""

    def __init__(self, broker, user, password, client_id=None, version=5, will=None, keepalive=30, seconds=10):
        """`broker` has host, port and ca_file; `will` is (topic, payload) or (topic, payload, retain)."""
        protocol = paho.MQTTv5 if version == 5 else paho.MQTTv311
        self._version = version
        self._client = _Client(client_id=client_id or user, protocol=protocol)
        self._client.username_pw_set(user, password)
        self._client.tls_set(ca_certs=str(broker.ca_file))
        self.connect_result = None
        self.disconnects = 0
        self.messages = []
        self._lock = threading.Lock()
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self.granted = {}
        self._client.on_subscribe = self._on_subscribe
        if will is not None:
            topic, payload, *retain = will
            self._client.will_set(topic, payload, qos=1, retain=bool(retain and retain[0]))
        options = {}
        if version == 5:
            options["clean_start"] = True
            options["properties"] = Properties(PacketTypes.CONNECT)
        self._client.connect(broker.host, broker.port, keepalive=keepalive, **options)
        self._client.loop_start()
        wait_until(lambda: self.connect_result is not None, seconds, f"an answer to CONNECT for {user}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def connected(self):
        return self.connect_result == 0 and self._client.is_connected()

    def publish(self, topic, payload, qos=1, retain=False, seconds=10):
        """Waits for the broker's answer; its reason code with MQTT 5 (0, or 135 when refused)."""
        if isinstance(payload, (dict, list)):
            payload = json.dumps(payload)
        info = self._client.publish(topic, payload, qos=qos, retain=retain)
        if qos == 0:
            return 0
        wait_until(info.is_published, seconds, f"an acknowledgement for {topic}")
        return self._client.puback_reasons.get(info.mid, 0)

    def subscribe(self, pattern, qos=1, seconds=10):
        """The granted QoS, or 128 and more when the broker refuses."""
        _, mid = self._client.subscribe(pattern, qos)
        return wait_until(lambda: self.granted.get(mid), seconds, f"a SUBACK for {pattern}")[0]

    def received(self):
        with self._lock:
            return list(self.messages)

    def wait_for(self, topic, seconds=5):
        """The first message of this topic."""
        return wait_until(lambda: [found for found in self.received() if found[0] == topic], seconds, f"a message of {topic}")[0]

    def forget(self):
        """What was received until now."""
        with self._lock:
            self.messages.clear()

    def vanish(self):
        """Breaks the connection without a DISCONNECT: the broker publishes the will."""
        self._client.loop_stop()
        socket = self._client.socket()
        if socket is not None:
            socket.close()

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _client, _userdata, _flags, result, _properties=None):
        self.connect_result = getattr(result, "value", result)

    def _on_disconnect(self, *_):
        self.disconnects += 1

    def _on_subscribe(self, _client, _userdata, mid, granted, _properties=None):
        self.granted[mid] = [getattr(code, "value", code) for code in granted]

    def _on_message(self, _client, _userdata, message):
        with self._lock:
            self.messages.append((message.topic, message.payload, message.retain))
