"""A replay as a process of its own, to be killed: bootstrap, file, report."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.common.settings import KafkaSettings, ServiceSettings
from services.ingest.connectors.replay import ReplayOptions, run_replay

if __name__ == "__main__":
    bootstrap, file, report = sys.argv[1:]
    settings = ServiceSettings(kafka=KafkaSettings(bootstrap=bootstrap))
    asyncio.run(run_replay(settings, ReplayOptions(Path(file), report=Path(report))))
