"""Slow, greedy and hostile clients: memory stays bounded, and a visitor's page comes within a second."""

import gzip
import http.client
import itertools
import json
import threading
import time
import zlib

import pytest

from support import hostile
from support.deadline import wait_until
from support.programs import SLOW, children_named
from support.samples import Publisher

MIB = 2**20
PASSWORD = "correct horse battery"
VISITOR = "127.0.0.9"  # an address of its own


@pytest.fixture(scope="module", name="acme")
def started(fleet):
    hostile.allow_many_files()
    org = fleet.setup("Acme Corp", "acme", password=PASSWORD)
    org.add_host("web-1")
    fleet.up()
    org.token()
    return org


@pytest.fixture(name="visitor")
def visiting(acme, request):
    pid = children_named(acme.fleet.programs[0].pid, "atlas-ingest")[0].pid
    return hostile.Visitor(acme, pid, source=getattr(request, "param", VISITOR))


@pytest.fixture(name="open_clients")
def clients():
    opened = []
    yield opened
    for client in opened:
        client.close()


def connections(acme):
    return acme.metrics()["atlas_http_connections"]


# From the same address as the attack, as behind one router, and from another.
both_visitors = pytest.mark.parametrize("visitor", [VISITOR, "127.0.0.1"], indirect=True)
neighbour = pytest.mark.parametrize("visitor", ["127.0.0.1"], indirect=True)


@both_visitors
def test_a_thousand_half_open_requests(acme, visitor, open_clients):
    with visitor:
        for number in range(1000):
            client = hostile.connect(acme.port)
            hostile.send_all(client, b"GET /dashboard HTTP/1.1\r\nHost: loc" if number % 2 else b"")
            open_clients.append(client)
        assert connections(acme) <= 520, "one address has 512 places"
        assert all(hostile.is_closed(client, 1) for client in open_clients[:400]), "the oldest made way"
        visitor.stay(1)
    assert visitor.grown < 32 * MIB
    wait_until(lambda: connections(acme) < 5, 20 * SLOW, "they are closed when they do not go on")


def test_thousands_of_half_open_requests_from_many_addresses(acme, visitor, open_clients):
    with visitor:
        for number in range(6000):  # more than there are places
            client = hostile.connect(acme.port, source=f"127.0.1.{1 + number % 200}")
            hostile.send_all(client, b"GET /dashboard HTTP/1.1\r\nHost: loc")
            open_clients.append(client)
        assert connections(acme) <= 4100
        visitor.stay(1)
    assert visitor.grown < 128 * MIB


@neighbour
def test_bodies_of_one_byte_a_second(acme, visitor, open_clients):
    with visitor:
        for _ in range(400):
            client = hostile.connect(acme.port)
            client.sendall(hostile.post("/api/v1/login", 60_000))
            open_clients.append(client)
        began = time.monotonic()
        alive = list(open_clients)
        while alive and time.monotonic() - began < 15 * SLOW:
            alive = [client for client in alive if hostile.send_all(client, b" ")]
            visitor.stay(1)
        assert not alive, "a byte a second does not keep a request open"
        assert time.monotonic() - began > 8, "a slow client has its ten seconds"
    assert visitor.grown < 32 * MIB


@neighbour
def test_websockets_that_never_read(acme, visitor, open_clients):
    publisher = Publisher()
    # What a sample may hold, so that every delta is large.
    disks = [{"mount": f"/data/{i:03}", "device": f"/dev/sd{i:03}", "fs": "ext4", "total": 10**12 + i,
              "used": 1, "percent": 1.0} for i in range(100)]
    with acme.client("web-1") as host, visitor:
        refused = 0
        for number in range(600):
            client, answer = hostile.open_live(acme.port, acme.token(), receive_buffer=2048)
            refused += " 101 " not in answer
            open_clients.append(client)
        assert refused == 600 - 256, "one address has 256 live feeds"
        for number in range(40):
            changed = [{**disk, "used": number, "percent": number / 10} for disk in disks]
            host.publish(acme.topic("web-1"), publisher.sample(cpu=number, disks=changed))
            visitor.stay(0.25)
        assert acme.hosts()["web-1"]["cpu"]["percent"] == 39, "samples flow"
    assert visitor.grown < 64 * MIB
    wait_until(lambda: connections(acme) < 5, 60 * SLOW, "who does not read is disconnected in the end")


def test_a_full_house_of_websockets_that_never_read(acme, visitor, open_clients):
    with visitor:
        for number in range(1200):
            client, _ = hostile.open_live(acme.port, acme.token(), source=f"127.0.2.{1 + number % 8}",
                                          receive_buffer=2048)
            open_clients.append(client)
        assert acme.metrics()["atlas_live_clients"] <= 1024
        visitor.stay(1)
    assert visitor.grown < 96 * MIB


def test_responses_that_nobody_reads(acme, visitor, open_clients):
    """Each asks ten times for the page's largest file, a megabyte in all, and reads nothing."""
    page = acme.get("/dashboard", token=None).text
    assets = [piece.split('"')[0] for piece in page.split('src="')[1:]]
    target = next(asset for asset in assets if asset.endswith(".js"))
    kernel_before = hostile.kernel_bytes()
    with visitor:
        for number in range(3000):
            client = hostile.connect(acme.port, source=f"127.0.3.{1 + number % 8}", receive_buffer=2048)
            hostile.send_all(client, hostile.head("GET", target) * 10)
            open_clients.append(client)
        visitor.stay(1)
        held = hostile.kernel_bytes() - kernel_before
        print(f"the kernel holds {held / MIB:.0f} MiB for {len(open_clients)} clients")
        assert held < 512 * MIB
    assert visitor.grown < 96 * MIB


@both_visitors
def test_headers_of_a_megabyte(acme, visitor):
    filler = b"a" * MIB
    with visitor:
        for number in range(50):
            for data in (b"GET /" + filler + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                         b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + filler + b"\r\n\r\n",
                         b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:b\r\n" * (MIB // 5) + b"\r\n"):
                client = hostile.connect(acme.port)
                hostile.send_all(client, data)
                assert hostile.read_status(client) in (431, None), number
                client.close()
    assert visitor.grown < 16 * MIB


def deep(levels):
    return [b"[" * levels, b'{"a":' * levels, b'{"type":' + b"[" * levels + b"]" * levels + b"}"]


@both_visitors
def test_json_of_a_hundred_thousand_levels(acme, visitor, open_clients):
    with visitor:
        for path, levels in itertools.product(["/api/v1/login", "/api/v1/enroll"], [100_000, 20_000, 10_000]):
            for body in deep(levels):
                client = hostile.connect(acme.port)
                open_clients.append(client)
                hostile.send_all(client, hostile.post(path, len(body)) + body)
                assert hostile.read_status(client) == (400 if len(body) <= 65536 else 413), (path, levels)
        for levels, code in [(100_000, 1009), (2_000, 1008), (700, 1008)]:
            for body in deep(levels):
                client, answer = hostile.open_live(acme.port, acme.token())
                open_clients.append(client)
                assert " 101 " in answer
                hostile.send_all(client, hostile.frame(body))
                assert hostile.close_code(client) in (code, 1009 if len(body) > 4096 else code), levels
    assert visitor.grown < 16 * MIB


def bomb(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(b" " * size) + packer.flush(zlib.Z_SYNC_FLUSH)


@both_visitors
def test_compression_bombs(acme, visitor, open_clients):
    packed = bomb(64 * MIB)
    assert len(packed) < 65536 + 4096
    with visitor:
        for _ in range(20):
            client, answer = hostile.open_live(acme.port, acme.token(),
                                               "Sec-WebSocket-Extensions: permessage-deflate")
            open_clients.append(client)
            assert " 101 " in answer and "permessage-deflate" not in answer.lower(), "no compression is agreed on"
            hostile.send_all(client, hostile.frame(packed[:4000], compressed=True))
            assert hostile.close_code(client) == 1002
        body = gzip.compress(json.dumps({"user": "a", "password": "x" * 40 * MIB}).encode())[:60_000]
        for path in ("/api/v1/login", "/api/v1/enroll"):
            for coding in ("Content-Encoding: gzip", "Transfer-Encoding: gzip, chunked"):
                client = hostile.connect(acme.port)
                open_clients.append(client)
                hostile.send_all(client, hostile.post(path, len(body), coding) + body)
                assert hostile.read_status(client) in (400, 415, 501), coding
    assert visitor.grown < 16 * MIB


@both_visitors
def test_frames_that_are_too_large_or_never_end(acme, visitor, open_clients):
    def attempt(*frames):
        client, answer = hostile.open_live(acme.port, acme.token())
        open_clients.append(client)
        assert " 101 " in answer
        for data in frames:
            if not hostile.send_all(client, data):
                break
        return client
    with visitor:
        for announced in (4097, 65536, 2**31, 2**62):
            assert hostile.close_code(attempt(hostile.frame(b"x" * 100, announced=announced))) == 1009
        parts = [hostile.frame(b"x" * 500, opcode=0, fin=False)] * 20
        assert hostile.close_code(attempt(hostile.frame(b"{", fin=False), *parts)) == 1009
        # Frames without content and pings without end: nothing to keep, and nobody else has to wait.
        endless = threading.Event()
        clients = [attempt(hostile.frame(b"", fin=False)) for _ in range(4)] + [attempt() for _ in range(4)]

        def flood(client, data):
            client.settimeout(1)
            while not endless.is_set() and hostile.send_all(client, data):
                pass
        floods = [hostile.frame(b"", opcode=0, fin=False) * 200] * 4 + [hostile.frame(b"p" * 100, opcode=9) * 50] * 4
        threads = [threading.Thread(target=flood, args=pair) for pair in zip(clients, floods)]
        for thread in threads:
            thread.start()
        visitor.stay(3)
        endless.set()
        for thread in threads:
            thread.join(10)
    assert visitor.grown < 16 * MIB


@both_visitors
def test_floods_of_pipelined_requests(acme, visitor, open_clients):
    """Without pause and without reading, on many connections: of pages, refusals and logins."""
    over = threading.Event()
    login = json.dumps({"user": "admin", "password": "x"}).encode()
    requests = [hostile.head("GET", "/dashboard"), hostile.head("GET", "/nothing"),
                hostile.head("GET", "/api/v1/hosts"), hostile.post("/api/v1/login", len(login)) + login]

    def flood(data, reads):
        while not over.is_set():
            try:
                client = hostile.connect(acme.port, seconds=0.5)
                with client:
                    while not over.is_set():
                        client.sendall(data)
                        if reads:
                            client.recv(1 << 20)
            except OSError:
                pass
    threads = [threading.Thread(target=flood, args=(one * 50, reads))
               for one in requests for reads in (True, False)]
    with visitor:
        for thread in threads:
            thread.start()
        visitor.stay(4)
        over.set()
        for thread in threads:
            thread.join(10)
    # Argon2id takes 64 MiB, for one login at a time.
    assert visitor.grown < 96 * MIB


def test_after_all_this_the_service_is_as_before(acme, visitor):
    """Nothing has leaked: connections, live feeds, memory; a person logs in, a host is shown."""
    wait_until(lambda: connections(acme) < 5, 60 * SLOW, "all strangers are gone")
    assert acme.metrics()["atlas_live_clients"] == 0
    with visitor:
        visitor.stay(1)
    assert visitor.rss() < 192 * MIB
    # From an address that has not guessed passwords: the flood's own has to wait.
    person = http.client.HTTPConnection("127.0.0.1", acme.port, timeout=10, source_address=("127.0.0.77", 0))
    person.request("POST", "/api/v1/login", json.dumps({"user": "admin", "password": PASSWORD}), {"Content-Type": "application/json"})
    assert person.getresponse().status == 200
    person.close()
