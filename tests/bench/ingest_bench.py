"""CPU time a message: atlas-ingest beside bare Paho subscribers on the same stream. See README.md."""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

BUILD = pathlib.Path(os.environ.get("ATLAS_BUILD_DIR", "build/release")).resolve()
TICKS = os.sysconf("SC_CLK_TCK")
HOSTS = 1000
DEADLINE = 60
PATIENCE = 10  # seconds without a message after which the rest is lost


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE
    while not (found := condition()):
        if time.monotonic() > end:
            raise SystemExit(f"ingest_bench: {what} did not happen within {DEADLINE} s")
        time.sleep(0.02)
    return found


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])  # utime and stime of all threads


def settle(pid):
    """Waits until the process has had nothing to do for a while."""
    last, since = cpu_ticks(pid), time.monotonic()

    def quiet():
        nonlocal last, since
        if (now := cpu_ticks(pid)) > last + 1:
            last, since = now, time.monotonic()
        return time.monotonic() - since > 0.5
    wait_until(quiet, "an idle subscriber")


class World:
    """A state root with an organisation, and its broker."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.service_port, self.broker_port, self.plain_port = free_ports(3)
        made = subprocess.run([BUILD / "tests/bench_setup", root, str(HOSTS), str(self.service_port),
                               str(self.broker_port), str(self.plain_port)], check=True, capture_output=True)
        self.secrets = json.loads(made.stdout)

    @contextlib.contextmanager
    def broker(self):
        """A new one: no sessions and nothing retained."""
        data = self.root / "broker/data"
        for file in data.glob("*"):
            file.unlink()
        with open(self.root / "broker.log", "ab") as log:
            process = subprocess.Popen([shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c",
                                        self.root / "broker/mosquitto.conf"], stdout=log, stderr=log)
        try:
            wait_until(lambda: listens(self.broker_port) and listens(self.plain_port), "the broker's start")
            yield
        finally:
            process.terminate()
            process.wait()

    def publish(self, messages, rate, qos):
        done = subprocess.run([BUILD / "tests/bench_publish", str(self.plain_port), "bench", "bench",
                               self.secrets["org"], str(HOSTS), str(messages), str(rate), str(qos)],
                              check=True, capture_output=True)
        return json.loads(done.stdout)


class Bare:
    """A subscriber that only counts."""

    def __init__(self, world, program, qos):
        self.process = subprocess.Popen(
            [BUILD / "tests" / program, str(world.broker_port), world.root / "broker/certs/ca.crt",
             world.secrets["user"], world.secrets["org"], str(qos)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"BENCH_PASSWORD": world.secrets["password"]})
        self.pid = self.process.pid
        if self.process.stdout.readline().strip() != "ready":
            raise SystemExit(f"ingest_bench: {program} does not start")

    def received(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def faults(self):
        return {}

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Browser:
    """One browser on the live feed, in a process thread of its own; keeps nothing of what it gets."""

    def __init__(self, world):
        self.frames = 0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(world,), daemon=True)
        self.thread.start()
        self.ready.wait(DEADLINE)

    def run(self, world):
        asyncio.set_event_loop(self.loop)
        with contextlib.suppress(asyncio.CancelledError, OSError):
            self.task = self.loop.create_task(self.follow(world))
            self.loop.run_until_complete(self.task)

    async def follow(self, world):
        import websockets
        with contextlib.suppress(websockets.ConnectionClosed):
            async with websockets.connect(f"ws://127.0.0.1:{world.service_port}/api/v1/live", max_size=None,
                                          extra_headers={"Authorization": f"Bearer {world.secrets['token']}"}) as live:
                async for _ in live:
                    self.frames += 1
                    self.ready.set()

    def stop(self):
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(DEADLINE)


class Ingest:
    """The service as it ships, with one browser."""

    def __init__(self, world, browser=True):
        self.world = world
        self.log = open(world.root / "ingest.log", "ab")
        self.process = subprocess.Popen([BUILD / "bin/atlas-ingest", "--org", "bench", "--root", world.root],
                                        stdout=self.log, stderr=self.log)
        self.pid = self.process.pid
        wait_until(self.is_ready, "a ready service")
        # The configurations of all hosts are on their way to the broker.
        wait_until(lambda: self.metrics().get("atlas_outbox_waiting") == 0, "an empty outbox")
        self.browser = Browser(world) if browser else None

    def get(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.world.service_port}{path}",
                                         headers={"Authorization": f"Bearer {self.world.secrets['token']}"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.read().decode()

    def is_ready(self):
        if self.process.poll() is not None:
            raise SystemExit("ingest_bench: atlas-ingest does not start:\n" +
                             (self.world.root / "ingest.log").read_text()[-2000:])
        with contextlib.suppress(OSError):
            return json.loads(self.get("/readyz"))["ready"]
        return False

    def metrics(self):
        lines = re.findall(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", self.get("/metrics"), re.MULTILINE)
        return {name: float(value) for name, value in lines}

    def received(self):
        return int(self.metrics()["atlas_samples_accepted_total"])

    def faults(self):
        return {name: value for name, value in self.metrics().items() if value and
                re.match(r"atlas_(samples_(rejected|repeated|late)|messages_rejected|inbox_dropped)_total", name)}

    def stop(self):
        if self.browser:
            self.browser.stop()
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=10) != 0:
            raise SystemExit("ingest_bench: atlas-ingest did not stop cleanly")
        self.log.close()


def measure(world, make, messages, rate, qos):
    """CPU microseconds a message, and the rate that the publisher reached."""
    with world.broker():
        subscriber = make(qos)
        settle(subscriber.pid)
        before = cpu_ticks(subscriber.pid)
        sent = world.publish(messages, rate, qos)
        received, progress = -1, time.monotonic()
        # On a busy machine a subscriber may rest before it has everything: only a long rest means a loss.
        while received < sent["sent"] and time.monotonic() - progress < PATIENCE:
            settle(subscriber.pid)
            ticks = cpu_ticks(subscriber.pid) - before
            if (now := subscriber.received()) > received:
                received, progress = now, time.monotonic()
        faults = subscriber.faults()
        subscriber.stop()
    if received != sent["sent"] or faults:
        raise SystemExit(f"ingest_bench: sent {sent['sent']} messages, {received} have arrived; {faults or ''}")
    return ticks / TICKS * 1e6 / messages, sent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=20_000, help="messages a second (20000)")
    parser.add_argument("--seconds", type=int, default=10, help="length of a stream (10)")
    parser.add_argument("--rounds", type=int, default=3, help="streams for each figure; the median is shown (3)")
    parser.add_argument("--qos", type=int, choices=(0, 1), help="only this one")
    parser.add_argument("--no-browser", action="store_true", help="without a live feed")
    parser.add_argument("--short", action="store_true", help="one round of 2 seconds at 10,000 a second")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.rate, chosen.seconds, chosen.rounds = 10_000, 2, 1
    messages = chosen.rate * chosen.seconds

    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as root:
        world = World(root)
        subscribers = {
            "paho-cpp": lambda qos: Bare(world, "bench_subscribe", qos),
            "paho-c": lambda qos: Bare(world, "bench_subscribe_c", qos),
            "ingest": lambda qos: Ingest(world, not chosen.no_browser),
        }
        print(f"{messages} messages of {HOSTS} hosts at {chosen.rate}/s, TLS, CPU time a message, "
              f"median of {chosen.rounds}")
        for qos in (0, 1) if chosen.qos is None else (chosen.qos,):
            figures = {name: [] for name in subscribers}
            for _ in range(chosen.rounds):
                for name, make in subscribers.items():
                    figure, sent = measure(world, make, messages, chosen.rate, qos)
                    figures[name].append(figure)
            medians = {name: statistics.median(values) for name, values in figures.items()}
            for name, median in medians.items():
                spread = f"{min(figures[name]):.2f} to {max(figures[name]):.2f}"
                print(f"QoS {qos}  {name:9} {median:6.2f} us  ({spread})  {median / medians['paho-cpp']:.2f} x paho-cpp"
                      f"  nothing lost, {sent['payload']:.0f} bytes", flush=True)


if __name__ == "__main__":
    sys.exit(main())
