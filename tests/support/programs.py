"""Programs under test: started with their output in a file, stopped without fail."""

import os
import pathlib
import signal
import subprocess
import tempfile
import uuid

import psutil

from .deadline import wait_until

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ATLAS_BUILD_DIR", REPOSITORY / "build" / "release")).resolve()

# Every process that a test starts, and whatever those start, carries this in its environment.
MARK_NAME = "ATLAS_TEST_RUN"
MARK = uuid.uuid4().hex

# Sanitizer builds are slower; deadlines that are no promise of the product are stretched by this.
SLOW = 5 if "asan" in BUILD.name or "tsan" in BUILD.name else 1


def program(name):
    """The path of one of our programs."""
    path = BUILD / "bin" / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not built; run scripts/build")
    return str(path)


def environment(**extra):
    # HOME points nowhere, so that no test reads or writes the developer's own fleet.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ATLAS_", "XDG_"))}
    kept.update({MARK_NAME: MARK, "HOME": "/nonexistent", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"})
    kept.update(extra)
    return kept


class Program:
    """A running program in a process group of its own; its output goes to `log`."""

    running = []

    def __init__(self, arguments, name=None, log_dir=None, **extra):
        self.arguments = [str(argument) for argument in arguments]
        self.name = name or pathlib.Path(self.arguments[0]).name
        directory = log_dir or tempfile.gettempdir()
        handle, self.log = tempfile.mkstemp(prefix=f"{self.name}-", suffix=".log", dir=directory)
        with os.fdopen(handle, "wb") as output:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, env=environment(**extra))
        Program.running.append(self)

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def alive(self):
        return self.process.poll() is None

    def tail(self, lines=25):
        state = "running" if self.alive() else f"exited with {self.process.returncode}"
        return f"--- {self.name} ({state})\n" + "\n".join(self.text().splitlines()[-lines:])

    def wait_for_text(self, text, seconds=10):
        def there():
            if text in self.text():
                return True
            if not self.alive():
                raise AssertionError(f"{self.name} exited with {self.process.returncode}")
            return False
        wait_until(there, seconds * SLOW, f"'{text}' in the output of {self.name}", self.tail)

    def wait(self, seconds=10):
        """The exit code."""
        wait_until(lambda: not self.alive(), seconds * SLOW, f"{self.name} ends", self.tail)
        return self.process.returncode

    def signal(self, number):
        if self.alive():
            os.kill(self.pid, number)

    def stop(self, seconds=10):
        """SIGTERM, then the exit code; kills what does not listen, which is a failure of its own."""
        self.signal(signal.SIGTERM)
        try:
            return self.wait(seconds)
        finally:
            self.kill()

    def kill(self):
        """SIGKILL for the program and whatever is left of its group."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        if self in Program.running:
            Program.running.remove(self)


def run(arguments, stdin=None, seconds=30, **extra):
    """Runs a program to its end; a CompletedProcess with text output."""
    return subprocess.run([str(argument) for argument in arguments], input=stdin, text=True, capture_output=True,
                          timeout=seconds * SLOW, env=environment(**extra), check=False)


def marked_processes():
    """Living processes that this test run has started, however deep."""
    found = []
    own = os.getpid()
    wanted = f"{MARK_NAME}={MARK}".encode()
    for process in psutil.process_iter():
        if process.pid == own:
            continue
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            with open(f"/proc/{process.pid}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def described(processes):
    lines = []
    for process in processes:
        try:
            lines.append(f"{process.pid}: {' '.join(process.cmdline())}")
        except psutil.Error:
            continue
    return "\n".join(lines)


def children_named(parent_pid, name):
    """The living descendants of a process whose program has this name."""
    try:
        children = psutil.Process(parent_pid).children(recursive=True)
    except psutil.Error:
        return []
    found = []
    for child in children:
        try:
            if child.name() == name and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
        except psutil.Error:
            continue
    return found
