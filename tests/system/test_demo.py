"""The demo as a person runs it: Ctrl-C at a terminal leaves no process and no folder; taken ports are told."""

import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import time

import pytest
import requests

from support.fleet import free_port
from support.programs import BUILD, REPOSITORY, described, environment, marked_processes

pytestmark = pytest.mark.skipif(BUILD != REPOSITORY / "build" / "release", reason="the demo runs build/release")
DEMO = REPOSITORY / "scripts" / "demo_multi_tenant.sh"


def ports():
    return f"{free_port()},{free_port()},{free_port()}", str(free_port())


def of_the_demo():
    return [process for process in marked_processes() if "atlas-demo." in " ".join(process.cmdline())]


class Demo:
    """The demo at a pseudo-terminal of its own."""

    def __init__(self, *arguments):
        pid, self.master = pty.fork()
        if pid == 0:
            # As a terminal gives it, also when the tests run in the background, where it is ignored.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe(str(DEMO), [str(DEMO), "--no-build", *arguments], environment())
        self.pid = pid
        self.text = ""

    def read_until(self, text, seconds):
        end = time.monotonic() + seconds
        while text not in self.text and time.monotonic() < end:
            if not select.select([self.master], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            self.text += data.decode(errors="replace")
        assert text in self.text, self.text

    def end(self):
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.master)
        return code


def test_ctrl_c_stops_everything_and_leaves_nothing():
    dashboards, broker = ports()
    demo = Demo("--ports", dashboards, "--broker-port", broker)
    try:
        demo.read_until("Ctrl-C ends it", 60)
        root = pathlib.Path(re.search(r"organisations\S* in (\S*atlas-demo\.\w+)", demo.text).group(1))
        logins = re.findall(r"(http://127\.0\.0\.1:\d+)/dashboard +user admin, password (\w+)", demo.text)
        assert [url.rsplit(":")[-1] for url, _ in logins] == dashboards.split(",")
        for url, password in logins:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(f"{url}/api/v1/login", json={"user": "admin", "password": password}, timeout=10)
                assert answer.status_code in (200, 204), answer.text
        assert len(of_the_demo()) >= 8
        os.write(demo.master, b"\x03")
        demo.read_until("stopped.", 30)
    except BaseException:
        os.kill(demo.pid, signal.SIGTERM)
        raise
    finally:
        code = demo.end()
    assert code == 0, demo.text
    assert not root.exists()
    assert not of_the_demo(), described(of_the_demo())


def test_a_taken_port_is_told_and_replaced():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = holder.getsockname()[1]
        dashboards, broker = ports()
        done = subprocess.run([str(DEMO), "--check", "--no-build", "--ports", f"{taken},{dashboards.split(',', 1)[1]}",
                               "--broker-port", broker], text=True, capture_output=True, timeout=120,
                              env=environment(), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"port {taken} is taken; using" in done.stdout
    assert not of_the_demo(), described(of_the_demo())


@pytest.mark.parametrize("arguments", [["--seconds"], ["--seconds", "x"], ["--ports", "1,2"], ["--what"]])
def test_a_wrong_argument_is_a_usage_error(arguments):
    done = subprocess.run([str(DEMO), *arguments], text=True, capture_output=True, timeout=30, env=environment(),
                          check=False)
    assert done.returncode == 2, done
