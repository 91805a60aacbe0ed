"""The register of museums as a file that people write, and its way onto topic ``museums``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas import Museum, explain, forbid_extra
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import MUSEUMS
from services.common import follower
from services.common.clock import Clock
from services.common.errors import PassaparolaError
from services.common.publisher import Publisher
from services.common.records import Record, event_record
from services.common.settings import KafkaSettings
from services.common.topics import require_topic

_SOURCE = "/museums"
_CLIENT = "passaparola-museums"
_NULL, _MERGE = "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"


class RegisterRefused(PassaparolaError):
    """A register cannot be used as it is; ``problems`` says of each fault where and what."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__(f"{path}: " + "; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Changes:
    """What applying a register changed, by museum id; ``absent`` are on the topic and not in it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    absent: tuple[str, ...]


def read_register(path: Path) -> list[Museum]:
    """Read a register. Raises ``RegisterRefused`` with every fault that it has."""
    try:
        document = yaml.load(path.read_bytes(), _PlainYaml)  # noqa: S506 - a safe one
    except OSError as error:
        raise RegisterRefused(path, [error.strerror or "cannot be read"]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
        raise RegisterRefused(path, [f"{where}{error.problem}"]) from None
    except (yaml.YAMLError, RecursionError):
        raise RegisterRefused(path, ["neither UTF-8 nor YAML that can be read"]) from None
    entries = document.get("museums") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise RegisterRefused(path, ["expected a list under 'museums:'"])
    museums, problems = [], []
    for number, entry in enumerate(entries, 1):
        try:
            museums.append(forbid_extra(Museum, entry))
        except ValidationError as error:
            problems.append(f"{_name(entry, number)}: {explain(error)}")
    doubled = [k for k, n in Counter(m.museum_id for m in museums).items() if n > 1]
    problems += [f"{museum_id} is there more than once" for museum_id in doubled]
    if problems:
        raise RegisterRefused(path, problems)
    return museums


async def apply_register(
    kafka: KafkaSettings, museums: Sequence[Museum], clock: Clock, *, prune: bool = False
) -> Changes:
    """Put a register in force: write what differs. Museums not named in it go only if ``prune``."""
    await require_topic(kafka, MUSEUMS.name)
    async with Publisher(kafka, _CLIENT) as publisher:
        present = await follower.present(kafka, MUSEUMS, _CLIENT)
        wanted = {museum.museum_id: museum for museum in museums}
        absent = sorted(present.keys() - wanted.keys())
        added = sorted(wanted.keys() - present.keys())
        kept = sorted(wanted.keys() & present.keys())
        changed = [k for k in kept if encode(wanted[k]) != present[k]]
        now = clock.now()
        records = [
            event_record(MUSEUMS, ce.MUSEUM, _SOURCE, k, wanted[k], now) for k in added + changed
        ]
        if prune:
            records += [
                Record(MUSEUMS, k, None, ce.null_headers(ce.MUSEUM, _SOURCE, k, now, "pruned"))
                for k in absent
            ]
        await publisher.publish(records)
    return Changes(
        added=tuple(added),
        changed=tuple(changed),
        unchanged=tuple(k for k in kept if k not in changed),
        removed=tuple(absent) if prune else (),
        absent=() if prune else tuple(absent),
    )


class _PlainYaml(yaml.SafeLoader):
    """YAML whose values are the text that was written; the model decides what they mean.

    YAML's own rules take ``18:30`` for seconds, ``no`` for false and ``1900`` for no text, and of
    two equal keys the last, in silence.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in resolvers if tag in (_NULL, _MERGE)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key that is there twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"{key.value} is there twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _name(entry: Any, number: int) -> str:
    museum_id = entry.get("museum_id") if isinstance(entry, dict) else None
    return museum_id if isinstance(museum_id, str) else f"museum number {number}"
