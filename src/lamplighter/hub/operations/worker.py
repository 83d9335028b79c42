"""The worker: ``lamplighter hub worker``, or ``python -m lamplighter.hub.operations.worker``.

It outlives the database: when that is restarted, it waits and goes on. A stop (Ctrl-C, TERM) lets the job
that runs end for a few seconds; what has not ended by then is taken up again by the next worker, or by this
one when it is started.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from lamplighter.hub.site import processes
from lamplighter.hub.site.background_work import within

WAITS = (1, 2, 5, 10, 20, 30)  # seconds until the database is asked again, the last one from then on
logger = logging.getLogger("lamplighter.hub.operations.worker")


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until somebody stops us."""
    parser = argparse.ArgumentParser(prog="lamplighter hub worker", description=__doc__)
    parser.add_argument(
        "--only", choices=["long", "short"], help="only jobs that may take long, or only others"
    )
    options = parser.parse_args(arguments)
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    # The worker, like the site, signs in to the database as a role that owns nothing.
    os.environ.setdefault("LAMPLIGHTER_DATABASE_LOGIN", "app")
    import django

    django.setup()
    from lamplighter.hub.site.config_files.faults import ConfigurationError

    try:
        return Worker(options.only).run()
    except ConfigurationError as broken:
        sys.exit(f"lamplighter: {broken}")


class Worker:
    """Runs jobs one after the other, for as long as nobody stops it."""

    def __init__(self, only: str | None = None) -> None:
        self.only = only
        self.stopping = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.work: asyncio.Task[Any] | None = None

    def run(self) -> int:
        """Work until somebody stops us. Raises ``ConfigurationError`` before anything else."""
        from lamplighter.hub.configuration import services as configuration

        configuration.started(configuration.NoticedBy.WORKER)
        within.ends_with_a_hang()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        failures = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                asyncio.run(self._work())
            except asyncio.CancelledError:
                break
            except Exception as problem:  # noqa: BLE001  whatever it is: it is logged, and we go on
                logger.warning("The worker could not go on: %s", type(problem).__name__)
            if self.stopping.is_set():
                break
            # It ended because the database went away. Whoever ran for long begins to count anew.
            failures = 0 if time.monotonic() - began > 60 else failures + 1
            wait = WAITS[min(failures, len(WAITS) - 1)]
            logger.warning("The database went away or does not answer; it is asked again in %s s", wait)
            self.stopping.wait(wait)
        logger.info("The worker has ended")
        return 0

    def _stop(self, number: int, frame: Any) -> None:
        if self.stopping.is_set():
            return
        self.stopping.set()
        # A job is Python in a thread, which nobody can end from outside.
        hard = threading.Timer(processes.GRACE - 1, self._end_hard)
        hard.daemon = True
        hard.start()
        if self.loop is not None and self.work is not None:
            self.loop.call_soon_threadsafe(self.work.cancel)

    @staticmethod
    def _end_hard() -> None:
        logger.warning("The worker ends in the middle of a job, which the next worker takes up again")
        logging.shutdown()
        os._exit(0)

    async def _work(self) -> None:
        from procrastinate.contrib.django import app as proxy
        from procrastinate.contrib.django import db_cleanup, utils
        from procrastinate.psycopg_connector import PsycopgConnector

        from lamplighter.hub.access.wall import identity
        from lamplighter.hub.operations import jobs

        self.loop = asyncio.get_running_loop()

        async def proves(connection: Any) -> None:
            # The queue lets nobody change it who proves no purpose, and each connection has its own proof.
            for statement, values in identity.of_connection(connection, jobs.PURPOSE):
                await connection.execute(statement, values)
            await connection.commit()

        # As Django's own connector makes one for workers.
        connector = PsycopgConnector(kwargs=utils.connector_params("default"), configure=proves)
        with proxy.replace_connector(connector) as app:
            async with app.open_async():
                await jobs.take_up_again(app.job_manager)
                logger.info("The worker runs: %s", f"{self.only} jobs only" if self.only else "all jobs")
                looking = asyncio.create_task(self._look(app.job_manager))
                self.work = asyncio.create_task(
                    app.run_worker_async(
                        queues=self._queues(app),  # type: ignore[arg-type]  # none: of every queue
                        name=f"worker-{os.getpid()}",
                        install_signal_handlers=False,
                        stalled_worker_timeout=jobs.DEAD_AFTER,
                        # Given here, they take the place of those that the app has by itself.
                        task_middleware=[
                            db_cleanup.close_db_connections,
                            db_cleanup.close_db_connections_async,
                            jobs.watched,
                        ],
                    )
                )
                try:
                    await self.work
                finally:
                    looking.cancel()

    def _queues(self, app: Any) -> list[str] | None:
        from lamplighter.hub.operations import jobs

        if self.only is None:
            return None
        every = {task.queue for task in app.tasks.values()}
        return sorted(every & jobs.LONG if self.only == "long" else every - jobs.LONG)

    @staticmethod
    async def _look(manager: Any) -> None:
        """Beside the jobs, for one of them may take an hour."""
        from lamplighter.hub.operations import jobs

        while True:
            await asyncio.sleep(jobs.LOOK_EVERY)
            try:
                await jobs.take_up_again(manager)
            except Exception as problem:  # noqa: BLE001  the worker itself finds out whether the database is there
                logger.warning("Jobs that were left could not be looked for: %s", type(problem).__name__)


if __name__ == "__main__":
    sys.exit(main())
