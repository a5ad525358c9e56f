"""A worker behind real HTTP, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn

from banker.caller import Caller
from banker.embedded import House
from banker.settings import Settings
from banker.web.app import create_app


def settings_for(house: House, **changes: Any) -> Settings:
    """Settings of a worker for a test's house."""
    chosen: dict[str, Any] = {
        "database_url": house.database_url,
        "owner_url": house.owner_url,
        "redis_url": house.redis_url,
        "data": Path("/nonexistent"),
        "pg_bin": None,
        "host": "127.0.0.1",
        "port": 0,
        "workers": 1,
        "secret": "a secret of the tests, long enough to be one",
        "currency": "MMK",
        "timezone": "Asia/Yangon",
        "metrics_token": "",
        "proxies": (),
        "secure": False,
        **changes,
    }
    return Settings(**chosen)


@asynccontextmanager
async def serving(house: House, **changes: Any) -> AsyncIterator[str]:
    """The address of a worker that serves while the block lasts."""
    app = create_app(settings_for(house, **changes))
    config = uvicorn.Config(
        app,
        http=Caller,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    # Connections inherit it; asyncio's own loop leaves small answers waiting 40 ms otherwise.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        worker = getattr(app.state, "worker", None)
        if worker is not None:
            worker.close()
        server.should_exit = True
        await task
        listener.close()
