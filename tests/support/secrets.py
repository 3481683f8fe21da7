"""Every secret that the tests use, and the search for them where none may be: logs, process lists, /metrics, error bodies."""

import base64
import os
import pathlib
import threading

MARK_NAME = "ATLAS_TEST_RUN"
_SHORTEST = 8  # nothing shorter can be told from other text

_known = {}  # secret → what it is
_lock = threading.Lock()


def note(secret, what):
    """Remembers a secret, in each spelling that a program could print; returns it."""
    if isinstance(secret, bytes):
        spellings = [secret.hex(), base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).rstrip(b"=").decode()]
    else:
        spellings = [secret]
    with _lock:
        for text in spellings:
            if len(text) >= _SHORTEST:
                _known[text] = what
    return secret


def found_in(text):
    """What the secrets in a text are."""
    with _lock:
        return sorted({what for secret, what in _known.items() if secret in text})


def search_files(directory):
    """"<file>: <what>" of each secret in the files below a directory."""
    found = []
    for path in sorted(pathlib.Path(directory).rglob("*")):
        if path.is_file():
            found += [f"{path.name}: {what}" for what in found_in(path.read_text(encoding="utf-8", errors="replace"))]
    return found


class ProcessWatch:
    """Reads the arguments and environments of every process that the tests start, short-lived ones as well as may be."""

    def __init__(self, mark, every=0.1):
        self._mark = f"{MARK_NAME}={mark}".encode()
        self._every = every
        self._seen = {}  # pid → arguments
        self.texts = {}  # arguments and environment → program
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self.look()

    def _run(self):
        while not self._over.wait(self._every):
            self.look()

    def look(self):
        present = {name for name in os.listdir("/proc") if name.isdigit()}
        for gone in set(self._seen) - present:
            del self._seen[gone]
        for pid in present:
            try:
                arguments = pathlib.Path("/proc", pid, "cmdline").read_bytes()
                if self._seen.get(pid) == arguments:
                    continue
                self._seen[pid] = arguments
                environment = pathlib.Path("/proc", pid, "environ").read_bytes()
            except OSError:
                continue
            if self._mark in environment and int(pid) != os.getpid():
                text = (arguments + b"\0" + environment).replace(b"\0", b"\n").decode(errors="replace")
                self.texts[text] = arguments.split(b"\0")[0].decode(errors="replace")

    def found(self):
        """"<program>: <what>" of each secret that a process list showed."""
        return sorted({f"{program}: {what}" for text, program in self.texts.items() for what in found_in(text)})
