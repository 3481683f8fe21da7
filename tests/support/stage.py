"""The stage of the attacks: the rendered broker, a victim that must miss nothing, and three attackers with good credentials of their own.

The victims are played by the tests, not by a service: they see every message that reaches them.
"""

import collections

from . import credentials
from .deadline import wait_until
from .mqtt import Client
from .raw_mqtt import RawClient

Credential = collections.namedtuple("Credential", "user password")

ATTACKERS = ["foreign-host", "foreign-service", "neighbour"]


class Stage:
    """Acme is attacked: its service and its host v1. Beta attacks, and so does Acme's other host h2."""

    def __init__(self, fleet):
        self.fleet = fleet
        self.acme = fleet.setup("Acme Corp", "acme")
        self.beta = fleet.setup("Beta Industries", "beta")
        for host in ("v1", "v2", "h2"):
            self.acme.add_host(host)
        self.beta.add_host("h1")
        fleet.broker()
        self.credentials = {
            "foreign-host": self.of_host(self.beta, "h1"),
            "foreign-service": self.of_service(self.beta),
            "neighbour": self.of_host(self.acme, "h2"),
        }
        self._probes = 0
        self.service = self.host = None
        wait_until(self._is_let_in, 15, "the credentials at the broker", fleet.tails)
        self.raise_curtain()

    @staticmethod
    def of_host(org, host):
        return Credential(org.user(host), org.password(host))

    @staticmethod
    def of_service(org):
        return Credential(org.id, credentials.ingest_password(org.key, org.id))

    def _is_let_in(self):
        with RawClient(self.fleet.broker_address, *self.credentials["neighbour"]) as client:
            return client.refused == 0

    def _states(self):
        """The retained states of the victims: (topic, payload)."""
        return {(self.acme.topic("v1", "info"), b"inventory"), (self.acme.topic("v1", "status"), b"state"),
                (self.acme.topic("v1", "config"), b"configuration"), (f"org/{self.acme.id}/alerts/v1/cpu", b"alert")}

    def _connect_victims(self):
        """They listen to all that is theirs."""
        self.service = Client(self.fleet.broker_address, *self.of_service(self.acme))
        self.host = self.acme.client("v1")
        for channel in ("metrics", "info", "status", "reply"):
            assert self.service.subscribe(f"org/{self.acme.id}/host/+/{channel}") < 128
        assert self.service.subscribe(f"org/{self.acme.id}/alerts/+/+") < 128
        for channel in ("config", "ack", "cmd"):
            assert self.host.subscribe(self.acme.topic("v1", channel)) < 128

    def _wait_for_states(self):
        def all_told():
            told = self.service.received() + self.host.received()
            return told if len(told) >= len(self._states()) else None
        told = wait_until(all_told, 5, "the victims' retained states")
        assert {(topic, payload) for topic, payload, _ in told} == self._states()
        self.service.forget()
        self.host.forget()

    def raise_curtain(self):
        """The victims connect and leave retained states."""
        self._connect_victims()
        for topic, payload in self._states():
            owner = self.host if topic.endswith(("info", "status")) else self.service
            assert owner.publish(topic, payload, retain=True) == 0
        self._wait_for_states()

    def assert_states_kept(self):
        """The victims come back and are told the states that they had left."""
        self.close()
        self._connect_victims()
        self._wait_for_states()

    def close(self):
        for client in (self.service, self.host):
            if client is not None:
                client.close()

    def topic(self, pattern, attacker):
        """With {acme} and {beta} as their UUIDs, {ACME} in capitals, {own} as the attacker's user name."""
        return pattern.format(acme=self.acme.id, ACME=self.acme.id.upper(), beta=self.beta.id,
                              own=self.credentials[attacker].user)

    def attack(self, attacker, version, **options):
        return RawClient(self.fleet.broker_address, *self.credentials[attacker], version=version, **options)

    def forget_session(self, attacker):
        """Its own, which an earlier attack may have left."""
        self.attack(attacker, 5, clean=True).close()

    def assert_unharmed(self):
        """Both victims get what is meant for them and nothing else, and were never thrown out."""
        self._probes += 1
        probe = f"probe {self._probes}".encode()
        to_service, to_host = self.acme.topic("v1"), self.acme.topic("v1", "cmd")
        assert self.host.publish(to_service, probe) == 0
        assert self.service.publish(to_host, probe) == 0
        for victim, topic in ((self.service, to_service), (self.host, to_host)):
            wait_until(lambda v=victim, t=topic: (t, probe, False) in v.received(), 5, f"a victim's own {topic}",
                       every=0.002)
            assert victim.received() == [(topic, probe, False)]
            assert victim.connected and victim.disconnects == 0
            victim.forget()
