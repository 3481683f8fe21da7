"""A host that is no agent of ours: it publishes samples and takes new passwords as topics.md says."""

import json
import threading

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from .mqtt import Client
from .samples import Publisher


# Seconds until a connection that gives no answer counts as broken.
PATIENCE = 2


class _Client(Client):
    """Keeps the correlation data of each message too."""

    def __init__(self, *args, **kwargs):
        try:
            super().__init__(*args, **kwargs)
        except AssertionError:
            self.close()
            raise

    def _on_message(self, _client, _userdata, message):
        correlation = getattr(message.properties, "CorrelationData", None)
        with self._lock:
            self.messages.append((message.topic, message.payload, correlation))

    def take(self):
        with self._lock:
            taken, self.messages = self.messages, []
        return taken

    def reply(self, topic, payload, correlation):
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = correlation
        self._client.publish(topic, json.dumps(payload), qos=1, properties=properties)


class ScriptedHost(threading.Thread):
    """Runs until stop(). Sends each sample again until the broker has acknowledged it."""

    def __init__(self, org, host, interval=0.25):
        super().__init__(name=host, daemon=True)
        self.org, self.host, self.interval = org, host, interval
        self.passwords = [org.password(host)]
        self.source = Publisher(interval=1)
        self.sent = 0  # samples that the broker has acknowledged
        self.rekeys = 0
        self.refusals = 0
        self.may_send = threading.Event()
        self.may_send.set()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_idle = threading.Event()  # while it may not send and nothing is under way
        self._stopped = threading.Event()
        self._asked = []

    @property
    def user(self):
        return self.org.user(self.host)

    def stop(self):
        self._stopped.set()
        self.join()

    def run(self):
        sample = None
        index = 0
        while not self._stopped.is_set():
            client = self._connect(self.passwords[index % len(self.passwords)])
            if client is None:
                index += 1
                self._stopped.wait(0.2)
                continue
            if index % len(self.passwords) == 0:
                del self.passwords[1:]  # the newest works
            index = 0
            try:
                sample = self._report(client, sample)
            except AssertionError:
                pass  # the connection broke meanwhile
            finally:
                client.close()

    def _connect(self, password):
        try:
            client = _Client(self.org.fleet.broker_address, self.user, password)
        except (OSError, AssertionError):
            return None  # the broker is away
        if client.connected:
            return client
        self.refusals += 1
        client.close()
        return None

    def _report(self, client, sample):
        """Until the connection ends; the sample that is not acknowledged yet."""
        client.subscribe(self.org.topic(self.host, "cmd"), seconds=PATIENCE)
        client.publish(self.org.topic(self.host, "status"),
                       {"state": "online", "ts": self.source.last_ts or 1764000000000, "boot": self.source.boot},
                       retain=True, seconds=PATIENCE)
        try:
            while client.disconnects == 0 and not self._stopped.is_set():
                self._answer(client)
                if sample is None and not self.may_send.is_set():
                    self.is_idle.set()
                    self._stopped.wait(0.02)
                    continue
                self.is_idle.clear()
                sample = sample or self.source.sample()
                client.publish(self.org.topic(self.host), sample, seconds=PATIENCE)
                sample = None
                self.sent += 1
                self._stopped.wait(self.interval)
        except AssertionError:
            pass
        return sample

    def _answer(self, client):
        self._asked += client.take()
        if not self.may_answer.is_set():
            return
        for _, payload, correlation in self._asked:
            command = json.loads(payload)
            if command["cmd"] != "rekey":
                continue
            self.rekeys += 1
            if command["password"] not in self.passwords:
                self.passwords.insert(0, command["password"])
            client.reply(self.org.topic(self.host, "reply"),
                         {"cmd": "rekey", "ok": True, "generation": command["generation"]}, correlation)
        self._asked = []
