"""A worker process, as the console starts it: `python -m banker.serving`."""

import asyncio
import gc
import logging
import os
import socket
import threading
from pathlib import Path

import msgspec
import structlog
import uvicorn

from banker.caller import Caller
from banker.crew import LIFELINE_VARIABLE, SETTINGS_VARIABLE, SOCKET_VARIABLE
from banker.settings import Settings
from banker.web.app import create_app

# Open streams are told to end at once; what else is under way gets this long.
GRACE_S = 2


class Server(uvicorn.Server):
    """A server that tells its open streams to end as soon as it is asked to."""

    def handle_exit(self, sig: int, frame: object) -> None:
        """SIGTERM: streams first, for they would hold the shutdown up."""
        worker = getattr(self.config.app.state, "worker", None)  # type: ignore[union-attr]
        if worker is not None:
            asyncio.get_running_loop().call_soon(worker.close)
        super().handle_exit(sig, frame)  # type: ignore[arg-type]


def main() -> None:
    """Serve on the socket that the console listens on, until it ends."""
    settings = msgspec.json.decode(
        os.environ.pop(SETTINGS_VARIABLE), type=Settings, dec_hook=_read_path
    )
    listener = socket.socket(fileno=int(os.environ.pop(SOCKET_VARIABLE)))
    _end_with_console(int(os.environ.pop(LIFELINE_VARIABLE)))
    write_logs()
    config = uvicorn.Config(
        create_app(settings),
        loop="uvloop",
        http=Caller,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # The application itself decides which forwarded addresses it believes.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
        backlog=2048,
    )
    calm_collector()
    Server(config).run(sockets=[listener])


def calm_collector() -> None:
    """What was made so far stays for good, and slips make hardly a cycle: without this the garbage
    collector walks over the whole application again and again, while everybody waits."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def write_logs() -> None:
    """One line of JSON an event, to standard error; the libraries' warnings among them."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=os.fdopen(2, "w", closefd=False)),
        cache_logger_on_first_use=True,
    )


def _end_with_console(lifeline: int) -> None:
    """Leave at once when the console's end of the pipe closes: it ended, however it did."""

    def watch() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _read_path(kind: type, text: str) -> Path:
    assert kind is Path
    return Path(text)


if __name__ == "__main__":
    main()
