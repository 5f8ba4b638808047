"""The handler: a bounded buffer, and a thread that brings what is in it to the port."""

import atexit
import collections
import logging
import os
import random
import sys
import threading
import time
import uuid
import weakref
from typing import Deque, Optional

from . import record as records
from .port import Batch, Outcome, Port, environment

#: Characters in one batch from which on it is not filled further.
_BATCH_CHARACTERS = 1 << 22
#: How long a record waits for room while the port takes lines (s).
_PATIENCE = 1.0


class CrosscutHandler(logging.Handler):
    """Sends log records to Crosscut.

    ``url`` is else ``LOG_AGENT_ENDPOINT``, ``CROSSCUT_URL`` or the usual address; ``run`` is else
    ``LOG_RUN_ID``, and without that the current one; ``source`` is else the script's name. A batch
    goes when it has ``batch_lines`` lines, or ``flush_interval`` seconds after its first. Up to
    ``max_lines`` lines (and ``max_characters``) wait: a burst that is faster than the port is held
    up, for a second at most without any progress; while the port is away the oldest go and are
    counted. At the end of the process up to ``exit_timeout`` seconds are taken for what is
    left.
    """

    def __init__(
        self,
        source: Optional[str] = None,
        *,
        url: Optional[str] = None,
        token: Optional[str] = None,
        run: Optional[str] = None,
        level: int = logging.NOTSET,
        batch_lines: int = 100,
        flush_interval: float = 5.0,
        max_lines: int = 10_000,
        max_characters: int = 1 << 24,
        retry_min: float = 0.25,
        retry_max: float = 10.0,
        timeout: float = 10.0,
        exit_timeout: float = 2.0,
    ) -> None:
        super().__init__(level)
        self.source = source or _script()
        self.run = run or environment("LOG_RUN_ID")
        self._port = Port(url, token, timeout)
        self._batch_lines, self._flush_interval = max(1, batch_lines), flush_interval
        self._max_lines, self._max_characters = max(1, max_lines), max_characters
        self._retry_min, self._retry_max = retry_min, retry_max
        self._exit_timeout = exit_timeout
        self._start_anew()
        _handlers.add(self)

    def _start_anew(self) -> None:
        self._waiting: Deque[str] = collections.deque()
        self._characters = 0
        self._batch: Optional[Batch] = None
        self._dropped = 0
        #: When the first of the waiting lines is to go, on the monotonic clock.
        self._due: Optional[float] = None
        #: Everything is to be sent now.
        self._hurry = False
        #: The pause before a new attempt is over.
        self._urged = False
        #: Attempts in vain.
        self._failures = 0
        #: The port takes lines, as far as is known: it is worth waiting for room.
        self._taken = True
        self._closing = False
        # A lock that the same thread may take again: a signal's handler may log in the middle of it.
        self._changed = threading.Condition(threading.RLock())
        self._thread: Optional[threading.Thread] = None

    @property
    def pending(self) -> int:
        """Lines that are not stored yet."""
        with self._changed:
            return self._pending()

    def _pending(self) -> int:
        return len(self._waiting) + (self._batch.weight if self._batch else 0)

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a record; waits for room only while the port takes lines."""
        try:
            text = records.line(record, self.formatter)
            with self._changed:
                self._wait_for_room(text)
                if self._closing:
                    return
                self._add(text)
                if self._thread is None:
                    # Only now: a process that forks before it logs has no thread to lose.
                    name = "crosscut-client"
                    self._thread = threading.Thread(target=self._work, name=name, daemon=True)
                    self._thread.start()
                    _close_at_end_of_worker()
                if self._due is None:
                    self._due = time.monotonic() + self._flush_interval
                    self._changed.notify_all()
                elif len(self._waiting) >= self._batch_lines:
                    self._changed.notify_all()
        except Exception:
            self.handleError(record)

    def _wait_for_room(self, text: str) -> None:
        def done() -> bool:
            full = (
                len(self._waiting) >= self._max_lines
                or self._characters + len(text) > self._max_characters
            )
            return not full or not self._waiting or not self._taken or self._closing

        if self._thread is None or threading.current_thread() is self._thread:
            return
        # Who does not move within a second is not waited for again before it does.
        self._taken = self._changed.wait_for(done, _PATIENCE) and self._taken

    def _add(self, text: str) -> None:
        self._waiting.append(text)
        self._characters += len(text)
        while len(self._waiting) > self._max_lines or (
            self._characters > self._max_characters and len(self._waiting) > 1
        ):
            self._take()
            self._dropped += 1

    def _take(self) -> str:
        text = self._waiting.popleft()
        self._characters -= len(text)
        return text

    def flush(self, timeout: Optional[float] = None, attempts: int = sys.maxsize) -> bool:
        """Sends what waits, now; whether all of it was stored within that time (s).

        After so many attempts in vain it is given up sooner.
        """
        until = time.monotonic() + (self._exit_timeout if timeout is None else timeout)
        with self._changed:
            self._hurry = self._urged = True
            self._changed.notify_all()
            most = self._failures + attempts
            while self._pending() and self._thread is not None and self._thread.is_alive():
                if self._failures >= most:
                    break
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            return self._pending() == 0

    def close(self) -> None:
        """Sends what waits and ends the thread. What could not be sent is told on standard error."""
        with self._changed:
            known = not self._closing
        if known:
            # Where the port is away, nobody's end is held up for it.
            self.flush(attempts=1)
            with self._changed:
                self._closing = True
                self._changed.notify_all()
                lost = self._pending() + self._dropped
            _handlers.discard(self)
            if lost and sys.stderr is not None:
                sys.stderr.write(f"crosscut-client: {lost} lines could not be sent\n")
        super().close()

    def _work(self) -> None:
        attempt = 0
        while True:
            batch = self._next_batch()
            if batch is None:
                self._port.close()
                return
            outcome, after = self._port.post(self.source, self.run, batch)
            with self._changed:
                self._became(outcome, batch)
                self._changed.notify_all()
                if outcome is not Outcome.AGAIN:
                    attempt = 0
                    continue
                self._failures += after == 0
                full = min(self._retry_max, self._retry_min * 2 ** min(attempt, 30))
                pause = max(after, full * random.uniform(0.5, 1.0))
                self._urged = False
                self._changed.wait_for(lambda: self._urged or self._closing, pause)
                attempt += 1

    def _next_batch(self) -> Optional[Batch]:
        """Waits until there is one to be sent; none when the handler is closed."""
        with self._changed:
            while True:
                if self._closing:
                    return None
                if self._batch is not None:
                    return self._batch
                now = time.monotonic()
                due = self._due is not None and now >= self._due
                if self._waiting and (
                    self._hurry or due or len(self._waiting) >= self._batch_lines
                ):
                    return self._fill()
                if not self._waiting:
                    self._hurry, self._due = False, None
                self._changed.wait(None if self._due is None else max(0.0, self._due - now))

    def _fill(self) -> Batch:
        lines, weight, room = [], self._dropped, _BATCH_CHARACTERS
        if self._dropped:
            message = (
                f"{self._dropped} lines before this one were not sent: more came than could wait for "
                "the port, or it refused them"
            )
            lines.append(records.note("warn", message, **{"crosscut.dropped": self._dropped}))
            self._dropped = 0
        # Who is far behind catches up faster in large batches.
        is_behind = len(self._waiting) >= 10 * self._batch_lines
        most = 10 * self._batch_lines if is_behind else self._batch_lines
        while self._waiting and len(lines) < most and room > 0:
            text = self._take()
            room -= len(text)
            weight += 1
            lines.append(text)
        self._due = time.monotonic() + self._flush_interval if self._waiting else None
        self._batch = Batch(uuid.uuid4().hex, lines, weight)
        return self._batch

    def _became(self, outcome: Outcome, batch: Batch) -> None:
        self._taken = outcome is not Outcome.AGAIN
        if outcome is Outcome.AGAIN:
            return
        if outcome is Outcome.TOO_LARGE and len(batch.lines) > 1:
            half = len(batch.lines) // 2
            rest = batch.lines[half:]
            self._waiting.extendleft(reversed(rest))
            self._characters += sum(map(len, rest))
            self._batch = Batch(uuid.uuid4().hex, batch.lines[:half], batch.weight - len(rest))
            return
        if outcome is not Outcome.STORED:
            self._dropped += batch.weight
        self._batch = None

    def _forked(self) -> None:
        """In a new child: what waits is the parent's to send, and so are its thread and socket."""
        self._port.forget()
        self._start_anew()


_handlers: "weakref.WeakSet[CrosscutHandler]" = weakref.WeakSet()


def _at_exit() -> None:
    for handler in list(_handlers):
        handler.close()


def _close_at_end_of_worker() -> None:
    """Processes that ``multiprocessing`` forks end without what ``atexit`` knows, but not without
    their finalizers."""
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing import util

        util.Finalize(None, _at_exit, exitpriority=-100)


def _in_child() -> None:
    for handler in list(_handlers):
        handler._forked()


def _script() -> str:
    name = os.path.basename(sys.argv[0] if sys.argv and sys.argv[0] else "")
    return os.path.splitext(name)[0] or "python"


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
