"""The elasticsearch client's bulk helper: `elastic.py URL COUNT`."""

import sys
from datetime import datetime, timezone

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

url, count = sys.argv[1], int(sys.argv[2])
LEVELS = ["debug", "info", "warn", "error"]


def documents():
    for n in range(count):
        at = datetime(2026, 11, 21, 10, 15, n % 60, 250_000, tzinfo=timezone.utc)
        yield {
            "_index": "elastic-shop",
            "_source": {
                "@timestamp": at.isoformat(),
                "log.level": LEVELS[n % 4],
                "message": f"shipped {n}",
                "n": n,
            },
        }


client = Elasticsearch(url)
done, errors = bulk(client, documents(), chunk_size=16)
assert (done, errors) == (count, []), (done, errors)
