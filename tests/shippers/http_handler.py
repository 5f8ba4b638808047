"""Python's own HTTPHandler, as GET and as POST: `http_handler.py URL COUNT`."""

import logging
import logging.handlers
import sys
from urllib.parse import urlsplit

url, count = sys.argv[1], int(sys.argv[2])
host = urlsplit(url).netloc
LEVELS = [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR]

for method in ("GET", "POST"):
    logger = logging.getLogger(f"shop.{method.lower()}")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    path = f"/ingest?source=python-{method.lower()}"
    logger.addHandler(logging.handlers.HTTPHandler(host, path, method=method))
    for n in range(count):
        logger.log(LEVELS[n % 4], "shipped %d", n, extra={"n": n})
