"""Reads the notes of ``watched`` workers: was every offset handled, in order, without a pause?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

_Partition = tuple[str, int]


class Notes:
    """What watched workers noted, each in a file of its own."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.handled: dict[_Partition, list[tuple[float, int, float]]] = defaultdict(list)
        """When everything was handled, its offset and when it was produced, by partition."""
        self.gaps: list[str] = []
        self.leaps: list[str] = []
        for path in files:
            self._take(path)

    def _take(self, path: Path) -> None:
        last: dict[_Partition, int] = {}
        for line in path.read_text().splitlines():
            at, what, *where = line.split()
            if what == "revoked":
                last.clear()
            elif what == "gap":
                self.gaps.append(f"{path.name}: {line}")
            else:
                tp, offset = (where[0], int(where[1])), int(where[2])
                # Until it is taken away a partition's records come one after another.
                if tp in last and offset != last[tp] + 1:
                    self.leaps.append(f"{path.name}: {line}, after {last[tp]}")
                last[tp] = offset
                self.handled[tp].append((float(at), offset, float(where[3])))

    def never_handled(self, ends: Mapping[_Partition, int]) -> list[str]:
        """Offsets below the ends that no worker handled."""
        missing = []
        for tp, end in sorted(ends.items()):
            seen = {offset for _, offset, _ in self.handled[tp]}
            missing += [f"{tp[0]}/{tp[1]} {n}" for n in range(end) if n not in seen]
        return missing

    def longest_pauses(self) -> dict[_Partition, float]:
        """The longest time that a partition stood still while it had a record, by any worker."""
        return {
            tp: max(
                (
                    at - max(before, made)
                    for (before, _, _), (at, _, made) in pairwise(sorted(all_))
                ),
                default=0.0,
            )
            for tp, all_ in self.handled.items()
        }
