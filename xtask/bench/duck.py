"""DuckDB for `cargo xtask bench search`: one statement a line in, its time and first value out.

Kept running, so that a statement is timed as someone in a session would meet it.
"""

import json
import sys
import time

import duckdb

connection = duckdb.connect(sys.argv[1], config={"threads": 2})
for line in sys.stdin:
    begin = time.perf_counter()
    try:
        rows = connection.execute(json.loads(line)).fetchall()
    except duckdb.Error as error:
        answer = {"error": str(error)}
    else:
        took = time.perf_counter() - begin
        value = rows[0][0] if rows and rows[0] else None
        value = value if isinstance(value, int) else None
        answer = {"ms": took * 1000, "value": value}
    print(json.dumps(answer), flush=True)
