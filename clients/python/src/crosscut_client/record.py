"""One log record as a line of JSON: whatever was logged, a line comes out."""

import datetime
import json
import logging

#: Characters of one record; what is longer is cut, and says so.
MAX_RECORD = 1 << 20

#: What every ``LogRecord`` has; everything else came with ``extra=``.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_FORMATTER = logging.Formatter()


def line(record: logging.LogRecord, formatter: "logging.Formatter | None" = None) -> str:
    """The record with its time, level, message, place, exception and extra fields."""
    formatter = formatter or _FORMATTER
    fields = {
        "time": iso(record.created),
        "level": record.levelname if not record.levelname.startswith("Level ") else record.levelno,
        "message": _message(record),
        "logger": record.name,
        "file": record.pathname,
        "line": record.lineno,
        "function": record.funcName,
        "process": record.process,
        "thread": record.threadName,
    }
    task = getattr(record, "taskName", None)
    if task is not None:
        fields["task"] = task
    if record.exc_info and record.exc_info[0] is not None:
        fields["exception"] = {
            "type": record.exc_info[0].__name__,
            "message": _text(record.exc_info[1]),
            "stacktrace": formatter.formatException(record.exc_info),
        }
    elif record.exc_text:
        fields["exception"] = {"stacktrace": record.exc_text}
    if record.stack_info:
        fields["stack"] = formatter.formatStack(record.stack_info)
    for name, value in vars(record).items():
        if name not in _OWN:
            fields[name + "_" if name in fields else name] = value
    text = dumps(fields)
    if len(text) <= MAX_RECORD:
        return text
    kept = {name: fields[name] for name in ("time", "level", "logger")}
    kept["message"] = fields["message"][: MAX_RECORD // 2]
    kept["crosscut.cut"] = len(text) - MAX_RECORD
    return dumps(kept)


def note(level: str, message: str, **fields: object) -> str:
    """A line of the handler's own."""
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    return dumps({"time": iso(now), "level": level, "message": message, **fields})


def iso(seconds: float) -> str:
    """RFC 3339 in UTC, with microseconds."""
    time = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def dumps(value: object) -> str:
    """JSON of anything: what has no form there is shown as text."""
    compact = (",", ":")
    try:
        return json.dumps(value, separators=compact, default=_text, allow_nan=False)
    except Exception:  # circles, NaN, keys that are no text
        return json.dumps(_plain(value, 0), separators=compact)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # arguments that do not fit the text
        return f"{_text(record.msg)} {_text(record.args)} ({_text(error)})"


def _plain(value: object, depth: int) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else repr(value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if depth < 8 and isinstance(value, dict):
        return {_text(key): _plain(item, depth + 1) for key, item in list(value.items())[:1000]}
    if depth < 8 and isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value[:1000]]
    return _text(value)


def _text(value: object) -> str:
    try:
        return str(value)[:MAX_RECORD]
    except Exception as error:
        return f"<unreadable {type(value).__name__}: {type(error).__name__}>"
