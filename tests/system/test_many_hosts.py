"""Five thousand hosts: enrolled over HTTPS with five tokens at once, all connected over TLS; one is revoked, and none of the others notices."""

import concurrent.futures
import http.client
import json
import resource
import select
import ssl
import time

import pytest

from support.deadline import wait_until
from support.programs import SLOW
from support.raw_mqtt import RawClient

HOSTS = 5_000
TOKENS = 5


@pytest.fixture(scope="module", name="acme")
def started(fleet):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert most == resource.RLIM_INFINITY or most >= 2 * HOSTS, f"this machine lets a process open {most} files; 'ulimit -Hn {2 * HOSTS}'"
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4 * HOSTS) if most != resource.RLIM_INFINITY else 4 * HOSTS, most))
    acme = fleet.setup("Acme Corp", "acme")
    fleet.cli("broker", "apply")
    certificates = fleet.root / "broker" / "certs"
    acme.set(server__tls__certificate=str(certificates / "server.crt"), server__tls__private_key=str(certificates / "server.key"))
    fleet.up()
    return acme


def enroll(acme, token, hosts):
    """One connection; the answers in order."""
    context = ssl.create_default_context(cafile=acme.ca_file)
    connection = http.client.HTTPSConnection("localhost", acme.port, context=context, timeout=60)
    given = []
    for host in hosts:
        connection.request("POST", "/api/v1/enroll", json.dumps({"token": token, "host": host}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 201, (host, answer.status, body)
        given.append(json.loads(body))
    connection.close()
    return given


def test_thousands_enrol_and_the_revocation_of_one_touches_no_other(acme, fleet):
    hosts = [f"host-{number}" for number in range(HOSTS)]
    tokens = [fleet.cli("token", "enroll", "acme").stdout.strip() for _ in range(TOKENS)]
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(TOKENS) as pool:
        given = [one for part in pool.map(lambda i: enroll(acme, tokens[i], hosts[i::TOKENS]), range(TOKENS)) for one in part]
    enrolled = time.monotonic()
    assert len(given) == HOSTS and all(one["password"] == acme.password(one["host"]) for one in given)

    last = given[-1]

    def is_let_in():
        with RawClient(fleet.broker_address, last["user"], last["password"]) as client:
            return client.refused == 0
    wait_until(is_let_in, 10 * SLOW, "the last host at the broker", fleet.tails)
    let_in = time.monotonic()

    clients = {one["host"]: RawClient(fleet.broker_address, one["user"], one["password"], seconds=60) for one in given}
    try:
        assert all(client.refused == 0 for client in clients.values())
        connected = time.monotonic()
        watched = select.poll()
        names = {}
        for host, client in clients.items():
            names[client.fileno()] = host
            watched.register(client.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        assert watched.poll(0) == []
        fleet.cli("host", "revoke", "acme", "host-4321")
        revoked = time.monotonic()
        gone = watched.poll(5_000 * SLOW)
        closed = time.monotonic()
        assert [names[number] for number, _ in gone] == ["host-4321"]
        assert clients["host-4321"].barrier() == "closed"
        watched.unregister(clients["host-4321"].fileno())
        assert all(client.barrier() == 0 for host, client in clients.items() if host != "host-4321")
        assert watched.poll(0) == []
        print(f"{HOSTS} hosts enrolled in {enrolled - begun:.1f} s, the last let in {let_in - enrolled:.1f} s later, all connected in "
              f"{connected - let_in:.1f} s; the revoked one gone {closed - revoked:.2f} s after the command")
        assert closed - revoked < 3 * SLOW
    finally:
        for client in clients.values():
            client.vanish()
