"""Logs in processes that ``multiprocessing`` starts, in the way it is told to."""

import logging
import multiprocessing
import sys

from crosscut_client import CrosscutHandler


def work(how, number):
    logger = logging.getLogger()
    if not logger.handlers:
        logging.basicConfig(level=logging.INFO, handlers=[CrosscutHandler(f"workers-{how}")])
    logging.info("of worker %d", number)


if __name__ == "__main__":
    how = sys.argv[1]
    if how == "fork":
        logging.basicConfig(level=logging.INFO, handlers=[CrosscutHandler(f"workers-{how}")])
    context = multiprocessing.get_context(how)
    workers = [context.Process(target=work, args=(how, number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
