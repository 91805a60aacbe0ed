"""Stock Faust: one agent that takes batches, parses, and writes with ``topic.send``.

python -m benchmarks.peers.stock_faust BOOTSTRAP TARGET SOURCE...
"""

from __future__ import annotations

import json
import sys
import tempfile
from typing import Any

import faust
from mode import Worker


def build_app(bootstrap: str, target: str, sources: list[str]) -> faust.App:
    """Build the app; all settings that cost or save time are Faust's own."""
    app = faust.App(
        "stock-faust",
        broker=f"kafka://{bootstrap}",
        datadir=tempfile.gettempdir(),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
    )
    channel = app.topic(*sources, key_serializer="raw", value_serializer="raw")
    out = app.topic(target, key_serializer="raw", value_serializer="raw")

    @app.agent(channel)
    async def pass_through(stream: Any) -> None:
        async for events in stream.take_events(500, within=0.02):
            for event in events:
                message = event.message
                if message.value is not None:
                    json.loads(message.value)
                # As in Faust's guide: the delivery is left to Faust, and nobody waits for it.
                _delivery = await out.send(
                    key=message.key, value=message.value, partition=message.partition
                )

    return app


if __name__ == "__main__":
    Worker(
        build_app(sys.argv[1], sys.argv[2], sys.argv[3:]), loglevel="warning"
    ).execute_from_commandline()
