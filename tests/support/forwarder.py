"""A TCP forwarder with a fixed port and a target that changes: what a DNS name is to those who connect."""

import selectors
import socket
import threading


class Forwarder:
    """Listens on 127.0.0.1:port; every connection goes to where `target` leads at that moment. Use as a context manager."""

    def __init__(self, port, target):
        self.port, self.target = port, target
        self._listener = socket.create_server(("127.0.0.1", port))
        self._selector = selectors.DefaultSelector()
        self._peers = {}
        self._lock = threading.Lock()
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        self._thread.join()
        for connection in list(self._peers):
            connection.close()
        self._listener.close()
        self._selector.close()

    def lead_to(self, target):
        """From now on; connections that are open end, as they do when their server goes."""
        with self._lock:
            self.target = target
            for connection in list(self._peers):
                self._end(connection)

    def _run(self):
        while not self._over:
            for key, _ in self._selector.select(timeout=0.1):
                with self._lock:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.fileobj in self._peers:
                        self._pass(key.fileobj)

    def _accept(self):
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(("localhost", self.target), timeout=5)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            self._peers[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass(self, connection):
        try:
            data = connection.recv(65536)
            if data:
                self._peers[connection].sendall(data)
                return
        except OSError:
            pass
        self._end(connection)

    def _end(self, connection):
        other = self._peers.get(connection)
        for one in (connection, other):
            if one in self._peers:
                del self._peers[one]
                self._selector.unregister(one)
                one.close()
