"""A ``crosscut serve`` as a child process, and what is to be seen of it."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

#: How long anything may take that is expected to happen: far more than it does. Seconds.
DEADLINE = 30
#: Never through a proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Crosscut:
    """Serves on a folder of its own; it ends, and the folder goes, with the test."""

    def __init__(self, test, port=0):
        self._data = tempfile.mkdtemp(prefix="crosscut-client-")
        self._child = None
        test.addCleanup(shutil.rmtree, self._data, ignore_errors=True)
        test.addCleanup(self.kill)
        self._serve(port)

    def _serve(self, port):
        env = {**os.environ, "DOCKER_HOST": "unix:///nonexistent/docker.sock"}
        for name in ("CROSSCUT_DATA", "CROSSCUT_LOG", "DOCKER_CONTEXT"):
            env.pop(name, None)
        self._child = subprocess.Popen(
            [os.environ["CROSSCUT_BIN"], "serve", "--port", str(port), "--data", self._data],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        page = urllib.parse.urlsplit(self._child.stdout.readline().decode().strip())
        assert page.port, "it never served"
        assert port in (0, page.port), f"port {port} was taken"
        self.port, self.url = page.port, f"http://{page.netloc}"
        self.token = urllib.parse.parse_qs(page.query)["token"][0]

    def kill(self):
        """Ends it as a crash would."""
        self._child.kill()
        self._child.wait()
        self._child.stdout.close()

    def again(self):
        """Starts it again where it was."""
        self._serve(self.port)

    def get(self, path):
        headers = {"Authorization": f"Bearer {self.token}"}
        return _OPENER.open(urllib.request.Request(self.url + path, headers=headers), timeout=DEADLINE)

    def call(self, operation):
        headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/{operation}", b"{}", headers)
        return json.load(_OPENER.open(request, timeout=DEADLINE))

    def records(self, source):
        """Everything of a source, in order."""
        query = urllib.parse.urlencode({"source": source, "limit": 100_000, "format": "json"})
        with self.get(f"/raw?{query}") as answer:
            return json.load(answer)

    def lines(self, source):
        """The same with each line read as JSON."""
        return [{**record, "json": json.loads(record["line"])} for record in self.records(source)]

    def has(self, source, count):
        """Waits until a source has so many records, woken by the live stream."""
        with self.get("/stream?tail=0") as stream:
            for _ in stream:
                records = self.records(source)
                if len(records) >= count:
                    return records
        raise AssertionError("the stream ended")


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
