"""The folder of a run: the day, what arrived, mails and logs. One demo has it at a time.

It empties the folder of a former demo, and touches nobody else's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.lock import LOCK, alone
from services.common.errors import Fatal

DAY = "day"
CALLS = "slack.jsonl"
MAILS = "mails"
MAIL_LEDGER = "mails.jsonl"
FATES = "fates.jsonl"
SYSTEM = "system"


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """Have a folder alone and without a former run. Raises ``Fatal`` for one that is no demo's."""
    if not _may_be_emptied(folder):
        raise Fatal(f"{folder} holds what no demo has written: name another folder")
    with alone(folder):
        for name in (DAY, CALLS, MAILS, MAIL_LEDGER, FATES, SYSTEM):
            _remove(folder / name)
        yield


def _may_be_emptied(folder: Path) -> bool:
    """Whether nothing lies in it, or a run: what a run has, and the mark that it was one.

    What is hidden, as file managers leave it, is passed over and stays.
    """
    if not folder.exists():
        return True
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    known = {DAY, CALLS, MAILS, MAIL_LEDGER, FATES, SYSTEM, LOCK}
    return not names or (names <= known and bool(names & {SYSTEM, LOCK}))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
