"""Follows an organisation's live feed in a thread of its own."""

import asyncio
import json
import ssl
import threading
import time

import websockets

from .deadline import wait_until


class LiveFeed:
    """`frames` are (arrival by time.monotonic(), frame); `hosts` is what snapshots and deltas add up to."""

    def __init__(self, url, token=None, seconds=10, cookie=None, ca_file=None, first=None):
        """`first` is sent as soon as the connection is there."""
        self.frames = []
        self.hosts = {}
        self.alerts = {}
        self.org = None
        self.problem = None
        self._url = url
        self._first = first
        self._headers = {"Cookie": cookie} if cookie else {"Authorization": f"Bearer {token}"}
        self._tls = {"ssl": ssl.create_default_context(cafile=ca_file)} if ca_file else {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._socket = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        wait_until(lambda: self.org is not None or self.problem, seconds, f"a snapshot from {url}")
        if self.problem:
            raise self.problem

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._follow())
        except Exception as problem:  # pylint: disable=broad-except
            if not self._closing:
                self.problem = problem
        finally:
            self._loop.close()

    async def _follow(self):
        async with websockets.connect(self._url, extra_headers=self._headers, max_size=None, **self._tls) as socket:
            self._socket = socket
            if self._first:
                await socket.send(json.dumps(self._first))
            async for text in socket:
                arrival = time.monotonic()
                frame = json.loads(text)
                with self._lock:
                    self._take(arrival, frame)

    def _take(self, arrival, frame):
        if frame["type"] == "snapshot":
            self.hosts.clear()
            self.alerts.clear()
        self.org = frame.get("org", self.org)
        for host in frame.get("hosts", []):
            self.hosts.setdefault(host["id"], {}).update(host)
        for name in frame.get("removed", []):
            self.hosts.pop(name, None)
        for alert in frame.get("alerts", []):
            if alert["state"] != "resolved":
                self.alerts[alert["id"]] = alert
            else:
                self.alerts.pop(alert["id"], None)
        self.frames.append((arrival, frame))

    def send(self, message):
        asyncio.run_coroutine_threadsafe(self._socket.send(json.dumps(message)), self._loop).result(5)

    def close_code(self):
        """How the connection ended, or None."""
        return self._socket.close_code

    def host(self, name):
        """What is known of a host by now, a copy; empty when nothing is."""
        with self._lock:
            return dict(self.hosts.get(name, {}))

    def host_names(self):
        with self._lock:
            return sorted(self.hosts)

    def seen(self):
        """All frames so far."""
        with self._lock:
            return list(self.frames)

    def alert_changes(self, host, rule=None):
        """The states that deltas have told of a host's alerts, in order."""
        changes = []
        for _, frame in self.seen():
            if frame["type"] != "delta":
                continue
            changes += [alert["state"] for alert in frame.get("alerts", [])
                        if alert["host"] == host and rule in (None, alert["rule"])]
        return changes

    def arrival(self, host, ts):
        """When the sample `ts` of a host arrived, or None."""
        for arrival, frame in self.seen():
            for row in frame.get("hosts", []):
                if row["id"] == host and row.get("ts") == ts:
                    return arrival
        return None

    def wait_for_host(self, name, condition, seconds, what):
        return wait_until(lambda: condition(self.host(name)) and self.host(name), seconds,
                          f"{what} (host {name} in the live feed)", lambda: self.host(name))

    def close(self):
        self._closing = True
        if self._socket is not None and self._thread.is_alive():
            try:
                asyncio.run_coroutine_threadsafe(self._socket.close(), self._loop).result(5)
            except Exception:  # pylint: disable=broad-except
                pass
        self._thread.join(5)
