"""A TCP proxy whose target changes, as a DNS name's does, and that can stop passing bytes, as a network that is cut: connections stay, nothing arrives."""

import asyncio
import threading

CHUNK = 64 * 1024


class Proxy:
    """Passes address:port on to a port of this machine; use as a context manager. Port 0 is one that is free."""

    def __init__(self, port=0, target=None, address="127.0.0.1"):
        self._target, self._address = target, address
        self._serving = set()
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()  # while bytes pass
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = port

    def __enter__(self):
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def lead_to(self, target):
        """From now on; connections that are open end, as they do when their server goes."""
        def turn():
            self._target = target
            for task in self._serving:
                task.cancel()
        self._loop.call_soon_threadsafe(turn)

    def cut(self):
        self._loop.call_soon_threadsafe(self._open.clear)

    def heal(self):
        self._loop.call_soon_threadsafe(self._open.set)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._open.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self._address, self.port, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # An aborted connection closes its socket in the turns that follow.
        for _ in range(5):
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader, writer):
        upstream = None
        self._serving.add(asyncio.current_task())
        try:
            await self._open.wait()
            upstream_reader, upstream = await asyncio.open_connection("localhost", self._target)
            passing = [asyncio.ensure_future(self._pass(reader, upstream)),
                       asyncio.ensure_future(self._pass(upstream_reader, writer))]
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in passing:
                    each.cancel()
                await asyncio.gather(*passing, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._serving.discard(asyncio.current_task())
            for end in (writer, upstream):
                if end is not None:
                    end.transport.abort()

    async def _pass(self, reader, writer):
        while True:
            data = await reader.read(CHUNK)
            await self._open.wait()
            if not data:
                return
            writer.write(data)
            await writer.drain()
