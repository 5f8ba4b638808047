"""One batch to the port, and what came of it."""

import enum
import http.client
import json
import os
import socket
import urllib.parse
from typing import Dict, List, NamedTuple, Optional

from .record import dumps

DEFAULT_URL = "http://127.0.0.1:3002"


class Outcome(enum.Enum):
    """What became of a batch."""

    STORED = enum.auto()
    #: Nothing of it was stored, or nobody knows: it is to be sent again.
    AGAIN = enum.auto()
    TOO_LARGE = enum.auto()
    #: It will never be stored.
    REFUSED = enum.auto()


class Batch(NamedTuple):
    """Lines that are sent together, under a name that no other batch has."""

    key: str
    lines: List[str]
    #: How many lines of the program's own are missing if this is lost.
    weight: int


def environment(name: str) -> Optional[str]:
    """An environment variable that says something."""
    return os.environ.get(name, "").strip() or None


class Port:
    """Where the port is, from an argument or the environment. Keeps its connection open."""

    def __init__(self, url: Optional[str], token: Optional[str], timeout: float) -> None:
        named = (
            url or environment("LOG_AGENT_ENDPOINT") or environment("CROSSCUT_URL") or DEFAULT_URL
        )
        parts = urllib.parse.urlsplit(named if "://" in named else f"http://{named}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{named!r} is no address of a port, as {DEFAULT_URL} is")
        path = parts.path.rstrip("/")
        if path.endswith("/ingest"):
            path = path[: -len("/ingest")]
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = path + "/ingest"
        in_query = urllib.parse.parse_qs(parts.query).get("token", [None])[0]
        self._token = token or environment("CROSSCUT_TOKEN") or in_query
        self._timeout = timeout
        self._connection: Optional[http.client.HTTPConnection] = None

    def post(self, source: str, run: Optional[str], batch: Batch) -> "tuple[Outcome, float]":
        """Sends it; never raises. With the outcome comes how long the port wants to be let be (s)."""
        envelope = dumps({"source": source} if run is None else {"runId": run, "source": source})
        body = f'{envelope[:-1]},"lines":[{",".join(batch.lines)}]}}'
        headers = {"Content-Type": "application/json", "Idempotency-Key": batch.key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            response, answer = self._exchange(body.encode("utf-8", "replace"), headers)
        except (OSError, http.client.HTTPException):
            self.close()
            return Outcome.AGAIN, 0
        if response.status == 200:
            # Anything may listen there: only Crosscut says in which run the lines are.
            return (Outcome.STORED if _is_ours(answer) else Outcome.AGAIN), 0
        if response.status == 413:
            return Outcome.TOO_LARGE, 0
        if response.status in (400, 422):
            return Outcome.REFUSED, 0
        after = response.headers.get("Retry-After", "0")
        return Outcome.AGAIN, min(float(after), 60.0) if after.isdigit() else 0

    def _exchange(self, body: bytes, headers: Dict[str, str]) -> "tuple[http.client.HTTPResponse, bytes]":
        """Asks and is answered. A connection that has been idle may have been closed by the port,
        which is no attempt in vain: the same is asked on a new one."""
        for reused in (self._connection is not None, False):
            connection = self._connect()
            try:
                connection.request("POST", self._path, body, headers)
                response = connection.getresponse()
                return response, response.read()
            except socket.timeout:
                raise
            except (OSError, http.client.HTTPException):
                if not reused:
                    raise
                self.close()
        raise http.client.NotConnected

    def close(self) -> None:
        """Gives the connection up; the next post makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def forget(self) -> None:
        """The connection is somebody else's: it is not even closed."""
        self._connection = None

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=self._timeout)
        return self._connection


def _is_ours(answer: bytes) -> bool:
    try:
        reply = json.loads(answer)
    except ValueError:
        return False
    return isinstance(reply, dict) and "runId" in reply
