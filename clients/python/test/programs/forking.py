"""Logs, forks with the line still waiting, and logs in both."""

import logging
import os
import sys

from crosscut_client import CrosscutHandler

logging.basicConfig(level=logging.INFO, handlers=[CrosscutHandler("forking")])
logging.info("of the parent, before")
child = os.fork()
if child == 0:
    logging.info("of the child")
    sys.exit(0)
_, status = os.waitpid(child, 0)
logging.info("of the parent, after")
sys.exit(os.waitstatus_to_exitcode(status))
