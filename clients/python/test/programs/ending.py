"""Logs two lines and ends at once, in the way it is told to."""

import logging
import sys

from crosscut_client import CrosscutHandler

how = sys.argv[1]
logging.basicConfig(level=logging.INFO, handlers=[CrosscutHandler(f"ending-{how}")])
logging.info("first")
logging.info("last words")
if how == "exit":
    sys.exit(3)
if how == "raise":
    raise RuntimeError("the end")
