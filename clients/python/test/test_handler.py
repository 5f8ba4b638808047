"""The handler against a real port. ``CROSSCUT_BIN`` is the built ``crosscut``."""

import datetime
import http.client
import http.server
import json
import logging
import multiprocessing
import os
import pathlib
import socketserver
import subprocess
import sys
import threading
import time
import unittest

from crosscut import DEADLINE, Crosscut, free_port
from crosscut_client import CrosscutHandler

QUICK = {"retry_min": 0.005, "retry_max": 0.05}
PROGRAMS = pathlib.Path(__file__).parent / "programs"


class Proxy:
    """Between a handler and Crosscut: counts posts, and loses answers when told to."""

    def __init__(self, test, target):
        self.posts = []
        #: What to do with the next posts: "lose" the answer, a status to answer instead, or what to
        #: wait for.
        self.faults = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                proxy.posts.append((self.headers["Idempotency-Key"], len(json.loads(body)["lines"])))
                fault = proxy.faults.pop(0) if proxy.faults else None
                if callable(fault):
                    fault()
                status, answer = fault, b"{}"
                if not isinstance(fault, int):
                    connection = http.client.HTTPConnection("127.0.0.1", target, timeout=DEADLINE)
                    names = ("Content-Type", "Idempotency-Key")
                    headers = {name: self.headers[name] for name in names}
                    connection.request("POST", self.path, body, headers)
                    response = connection.getresponse()
                    status, answer = response.status, response.read()
                    connection.close()
                if fault == "lose":
                    self.close_connection = True
                    return
                # As a port does that has heard nothing for a while: without a word.
                self.close_connection = fault == "hang up"
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}"


def numbers(first, last):
    return [f"line {n}" for n in range(first, last + 1)]


def messages(records):
    return [record["message"] for record in records]


class HandlerTest(unittest.TestCase):
    def logger(self, url, source, **options):
        handler = CrosscutHandler(source, url=url, **{**QUICK, **options})
        logger = logging.Logger(source)
        logger.addHandler(handler)
        self.addCleanup(handler.close)
        return logger, handler

    def run_program(self, name, *arguments, **env):
        source = str(pathlib.Path(__file__).parent.parent / "src")
        return subprocess.run(
            [sys.executable, str(PROGRAMS / name), *arguments],
            env={**os.environ, "PYTHONPATH": source, **env},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )

    def test_a_record_arrives_with_its_level_time_message_and_extra_fields(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(crosscut.url, "shop")
        before = datetime.datetime.now(datetime.timezone.utc)
        logger.warning("low %s", "stock", extra={"left": 2, "request": {"id": 7}, "level": "mine"})
        logger.critical("down")
        logger.log(25, "between")
        self.assertTrue(handler.flush(DEADLINE))
        low, down, between = crosscut.lines("shop")
        self.assertEqual((low["level"], low["message"]), ("warn", "low stock"))
        self.assertEqual(down["level"], "fatal")
        self.assertEqual(between["json"]["level"], 25)
        fields = low["json"]
        self.assertEqual((fields["left"], fields["request"]), (2, {"id": 7}))
        self.assertEqual(fields["level_"], "mine")
        self.assertEqual(fields["logger"], "shop")
        self.assertTrue(fields["file"].endswith("test_handler.py"))
        self.assertEqual(fields["function"], self._testMethodName)
        time = datetime.datetime.fromisoformat(fields["time"].replace("Z", "+00:00"))
        self.assertLessEqual(before - datetime.timedelta(milliseconds=1), time)
        self.assertLessEqual(time, datetime.datetime.now(datetime.timezone.utc))
        self.assertEqual(low["time"][:23], fields["time"][:23])

    def test_an_exception_arrives_with_its_traceback_and_what_it_was_raised_from(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(crosscut.url, "traces")
        try:
            try:
                {}["missing"]
            except KeyError as error:
                raise ValueError("no order") from error
        except ValueError:
            logger.exception("failed")
        logger.info("where", stack_info=True)
        self.assertTrue(handler.flush(DEADLINE))
        failed, where = crosscut.lines("traces")
        self.assertEqual((failed["level"], failed["message"]), ("error", "failed"))
        exception = failed["json"]["exception"]
        self.assertEqual((exception["type"], exception["message"]), ("ValueError", "no order"))
        self.assertIn("KeyError: 'missing'", exception["stacktrace"])
        self.assertIn("direct cause", exception["stacktrace"])
        self.assertIn(self._testMethodName, where["json"]["stack"])

    def test_whatever_is_logged_a_line_comes_out(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(crosscut.url, "odd")
        circle = {}
        circle["self"] = circle

        class Hostile:
            def __str__(self):
                raise RuntimeError("no")

        logger.info("%d of %d", "one")
        logger.info("circle", extra={"circle": circle, "nan": float("nan"), "set": {1}, "key": {(1, 2): 3}})
        logger.info("hostile", extra={"hostile": Hostile()})
        logger.info(Hostile())
        logger.info("half \ud800 of a pair, \x00 and \u2028")
        logger.info("x" * 3_000_000)
        self.assertTrue(handler.flush(DEADLINE))
        lines = crosscut.lines("odd")
        self.assertEqual(len(lines), 6)
        self.assertIn("%d of %d", lines[0]["message"])
        self.assertEqual(lines[1]["json"]["nan"], "nan")
        self.assertIn("unreadable", lines[2]["json"]["hostile"])
        self.assertGreater(lines[5]["json"]["crosscut.cut"], 1_000_000)

    def test_a_hundred_lines_go_at_once_fewer_when_their_time_has_come(self):
        crosscut = Crosscut(self)
        proxy = Proxy(self, crosscut.port)
        logger, _ = self.logger(proxy.url, "batches", flush_interval=0.3)
        for line in numbers(1, 250):
            logger.info(line)
        self.assertEqual(messages(crosscut.has("batches", 250)), numbers(1, 250))
        self.assertEqual([count for _, count in proxy.posts], [100, 100, 50])
        self.assertEqual(len({key for key, _ in proxy.posts}), 3)

    def test_lines_wait_while_the_port_is_away_and_arrive_once_and_in_order(self):
        port = free_port()
        logger, handler = self.logger(f"http://127.0.0.1:{port}", "early")
        for line in numbers(1, 1_000):
            logger.info(line)
        self.assertFalse(handler.flush(DEADLINE, attempts=3))
        crosscut = Crosscut(self, port)
        for line in numbers(1_001, 1_050):
            logger.info(line)
        self.assertTrue(handler.flush(DEADLINE))
        self.assertEqual(messages(crosscut.records("early")), numbers(1, 1_050))

    def test_a_server_killed_again_and_again_costs_no_line_and_doubles_none(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(crosscut.url, "killed", batch_lines=20, flush_interval=0.02)
        n = 0
        for _ in range(5):
            for line in numbers(n + 1, n + 400):
                logger.info(line)
            crosscut.has("killed", n + 40)
            crosscut.kill()
            for line in numbers(n + 401, n + 500):
                logger.info(line)
            n += 500
            crosscut.again()
        self.assertTrue(handler.flush(DEADLINE))
        self.assertEqual(messages(crosscut.records("killed")), numbers(1, n))

    def test_a_lost_answer_doubles_nothing_and_what_is_refused_is_told_of(self):
        crosscut = Crosscut(self)
        proxy = Proxy(self, crosscut.port)
        proxy.faults = ["lose", "lose", 503, None, 429, None, 400]
        logger, handler = self.logger(proxy.url, "answers", batch_lines=10)
        for line in numbers(1, 40):
            logger.info(line)
        self.assertTrue(handler.flush(DEADLINE))
        told = messages(crosscut.records("answers"))
        self.assertEqual(told[:20], numbers(1, 20))
        self.assertTrue(told[20].startswith("10 lines before this one were not sent"), told[20])
        self.assertEqual(told[21:], numbers(31, 40))
        keys = [key for key, _ in proxy.posts]
        self.assertEqual(len(set(keys[:4])), 1, "a batch keeps its key")
        self.assertNotEqual(keys[3], keys[4])

    def test_beyond_its_bounds_the_buffer_lets_the_oldest_go_and_says_how_many(self):
        port = free_port()
        logger, handler = self.logger(f"http://127.0.0.1:{port}", "flood", max_lines=500)
        for line in numbers(1, 100):
            logger.info(line)
        handler.flush(DEADLINE, attempts=1)
        for line in numbers(101, 5_000):
            logger.info(line)
        crosscut = Crosscut(self, port)
        self.assertTrue(handler.flush(DEADLINE))
        lines = crosscut.lines("flood")
        dropped = [line for line in lines if "crosscut.dropped" in line["json"]]
        self.assertEqual(len(dropped), 1)
        self.assertEqual(dropped[0]["level"], "warn")
        count = dropped[0]["json"]["crosscut.dropped"]
        self.assertEqual(count + len(lines) - 1, 5_000, "all are accounted for")
        self.assertEqual(lines[-1]["message"], "line 5000")

    def test_a_burst_that_is_faster_than_the_port_waits_for_it_and_loses_nothing(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(crosscut.url, "burst", max_lines=300)
        for line in numbers(1, 20_000):
            logger.info(line)
        self.assertTrue(handler.flush(DEADLINE))
        self.assertEqual(messages(crosscut.records("burst")), numbers(1, 20_000))

    def test_a_port_that_takes_nothing_is_waited_for_once(self):
        taken = threading.Event()
        proxy = Proxy(self, Crosscut(self).port)
        proxy.faults = [taken.wait]
        logger, handler = self.logger(proxy.url, "stuck", max_lines=200)
        begin = time.monotonic()
        for line in numbers(1, 2_000):
            logger.info(line)
        self.assertLess(time.monotonic() - begin, 10)
        taken.set()
        self.assertTrue(handler.flush(DEADLINE))

    def test_many_threads_log_at_once(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(crosscut.url, "threads")

        def work(name):
            for n in range(200):
                logger.info("%s %d", name, n)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(handler.flush(DEADLINE))
        told = messages(crosscut.records("threads"))
        self.assertEqual(len(told), 1_600)
        for name in "abcdefgh":
            own = [text for text in told if text.startswith(name)]
            self.assertEqual(own, [f"{name} {n}" for n in range(200)])

    def test_what_a_program_logs_last_arrives_however_it_ends(self):
        crosscut = Crosscut(self)
        for how, code in [("return", 0), ("exit", 3), ("raise", 1)]:
            ended = self.run_program("ending.py", how, LOG_AGENT_ENDPOINT=crosscut.url)
            self.assertEqual(ended.returncode, code, ended.stderr)
            self.assertEqual(messages(crosscut.records(f"ending-{how}")), ["first", "last words"])

    def test_a_forked_child_sends_its_own_lines_and_not_its_parents(self):
        crosscut = Crosscut(self)
        ended = self.run_program("forking.py", LOG_AGENT_ENDPOINT=crosscut.url)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        told = sorted(messages(crosscut.records("forking")))
        self.assertEqual(told, ["of the child", "of the parent, after", "of the parent, before"])

    def test_a_program_ends_although_the_port_is_away_and_says_what_was_lost(self):
        url = f"http://127.0.0.1:{free_port()}"
        ended = self.run_program("ending.py", "return", LOG_AGENT_ENDPOINT=url)
        self.assertEqual(ended.returncode, 0)
        self.assertIn("2 lines could not be sent", ended.stderr)

    def test_the_environment_says_where_to_and_as_which_run(self):
        crosscut = Crosscut(self)
        run = crosscut.call("runs_list")[0]["id"]
        env = {"CROSSCUT_URL": f"{crosscut.url}/?token=x", "LOG_RUN_ID": run}
        ended = self.run_program("ending.py", "return", **env)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(crosscut.records("ending-return")[0]["run"], run)

    def test_a_worker_of_multiprocessing_sends_what_it_logged(self):
        crosscut = Crosscut(self)
        for how in multiprocessing.get_all_start_methods():
            ended = self.run_program("workers.py", how, LOG_AGENT_ENDPOINT=crosscut.url)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            told = sorted(messages(crosscut.records(f"workers-{how}")))
            self.assertEqual(told, ["of worker 0", "of worker 1", "of worker 2"], how)

    def test_a_connection_that_the_port_has_closed_meanwhile_costs_no_attempt(self):
        crosscut = Crosscut(self)
        proxy = Proxy(self, crosscut.port)
        proxy.faults = ["hang up"]
        logger, handler = self.logger(proxy.url, "idle")
        logger.info("first")
        self.assertTrue(handler.flush(DEADLINE))
        logger.info("last words")
        self.assertTrue(handler.flush(DEADLINE, attempts=1))
        self.assertEqual(messages(crosscut.records("idle")), ["first", "last words"])

    def test_a_signal_may_log_in_the_middle_of_logging(self):
        logger, handler = self.logger(f"http://127.0.0.1:{free_port()}", "again", exit_timeout=0)
        adding, seen = handler._add, []

        def interrupted(text):
            if not seen:
                seen.append(text)
                logger.info("of the signal's handler")
            adding(text)

        handler._add = interrupted
        logging_thread = threading.Thread(target=logger.info, args=("of the program",), daemon=True)
        logging_thread.start()
        logging_thread.join(DEADLINE)
        self.assertFalse(logging_thread.is_alive(), "it waits for itself")
        self.assertEqual(handler.pending, 2)

    def test_an_address_needs_no_scheme_and_one_that_is_none_is_said_at_once(self):
        crosscut = Crosscut(self)
        logger, handler = self.logger(f"127.0.0.1:{crosscut.port}", "short")
        logger.info("here")
        self.assertTrue(handler.flush(DEADLINE))
        with self.assertRaisesRegex(ValueError, "no address"):
            CrosscutHandler(url="ftp://localhost:3002")


if __name__ == "__main__":
    unittest.main()
