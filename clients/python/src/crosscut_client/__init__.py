"""Sends a program's logs to Crosscut: ``logging.getLogger().addHandler(CrosscutHandler())``.

Standard library only. Promises: logging never waits for the port and never fails because of it;
lines arrive in order and, as far as the buffer reaches, all of them, each once, also when the port
was away or killed meanwhile; what the buffer could not hold is counted and told of once it can be.
"""

from .handler import CrosscutHandler

__all__ = ["CrosscutHandler"]
