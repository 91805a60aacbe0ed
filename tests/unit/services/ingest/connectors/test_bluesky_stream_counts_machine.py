"""Acts, deletes, repeats, reconnects, restarts and looks in any order, against an oracle."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas import Counters
from tests.unit.services.ingest.connectors.listening import NOTHING, Listening
from tests.unit.services.ingest.frames import (
    ANA,
    commit,
    like,
    quote,
    reply,
    repost,
    undone,
    uri,
)

PEOPLE = [f"did:plc:{name}" for name in ("ana", "ben", "cleo")]
KEYS = ["1", "2"]
MAKERS: dict[str, Callable[..., bytes]] = {
    "like": like,
    "repost": repost,
    "reply": reply,
    "quote": quote,
}
KINDS = {"like": "likes", "repost": "reposts", "reply": "replies", "quote": "quotes"}


class AnyOrder(RuleBasedStateMachine):
    """Two posts and three people; the network keeps the order of each person's frames only."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = Listening()
        self.frames: list[bytes] = []
        self.acts: dict[tuple[str, str], tuple[str, str, float]] = {}
        self.undone: set[tuple[str, str]] = set()
        self.looks: dict[str, tuple[float, Counters]] = {}
        self.told: dict[str, Counters] = {}
        self.number = 0
        for key in KEYS:
            self.heard.row(f"bluesky:{uri(key)}")
            self.say(commit(key, "#louvre", did=ANA, at=0))

    def say(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.heard.hear(frame)

    @rule(
        kind=st.sampled_from(list(KINDS)),
        who=st.sampled_from(PEOPLE),
        key=st.sampled_from(KEYS),
        wait=st.floats(0.001, 20),
    )
    def act(self, kind: str, who: str, key: str, wait: float) -> None:
        self.number += 1
        self.heard.now = round(self.heard.now + wait, 3)
        rkey, at = f"n{self.number}", self.heard.now
        self.acts[who, rkey] = (kind, key, at)
        self.say(MAKERS[kind](rkey, uri(key), did=who, at=at))

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        who, rkey = data.draw(st.sampled_from(sorted(self.acts)))
        kind, key, at = self.acts[who, rkey]
        looked_at, _ = self.looks.get(key, (-1.0, NOTHING))
        if at > looked_at:
            self.undone.add((who, rkey))
        else:
            # What a look counted stays counted until the next one.
            self.acts.pop((who, rkey))
        collection = kind if kind in ("like", "repost") else "post"
        self.say(undone(collection, rkey, did=who, at=self.heard.now))

    @rule(key=st.sampled_from(KEYS), likes=st.integers(0, 9), missing=st.booleans())
    def look(self, key: str, likes: int, missing: bool) -> None:
        # The AppView counts as it likes: a look need not agree with what was heard.
        self.heard.now += 1
        shown = Counters(likes=likes, reposts=None if missing else likes, quotes=0, replies=7)
        self.heard.look(shown, f"bluesky:{uri(key)}")
        self.looks[key] = (self.heard.now, shown)
        self.told.pop(key, None)

    @rule(back=st.integers(1, 8))
    def reconnect(self, back: int) -> None:
        """The last frames once more: what the cursor's 5 s and another host repeat."""
        self.heard.hear(*self.frames[-back:])

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        self.heard.hear(data.draw(st.sampled_from(self.frames)))

    @rule()
    def restart(self) -> None:
        """Everything in memory is lost; it goes on from the last frame."""
        self.heard.restart()
        self.heard.hear(*self.frames[-1:])

    @rule(seconds=st.integers(1, 40))
    def tell(self, seconds: int) -> None:
        self.heard.now += seconds
        for tally in self.heard.tallies():
            if tally.snapshot is not None:
                key = tally.post_id[-1]
                assert tally.snapshot.counters == self.truth(key)
                self.told[key] = tally.snapshot.counters

    def truth(self, key: str) -> Counters:
        looked_at, shown = self.looks.get(key, (-1.0, NOTHING))
        valid = [
            (kind, who, rkey)
            for (who, rkey), (kind, of, at) in self.acts.items()
            if of == key and at > looked_at and (who, rkey) not in self.undone
        ]
        added = {
            counter: len(
                {
                    who if name in ("like", "repost") else (who, rkey)
                    for kind, who, rkey in valid
                    if kind == name
                }
            )
            for name, counter in KINDS.items()
        }
        base = shown.model_dump()
        return Counters(
            **{
                name: count if count is None else count + added.get(name, 0)
                for name, count in base.items()
            }
        )

    @invariant()
    def never_below_the_last_look(self) -> None:
        for key, counters in self.told.items():
            _, shown = self.looks.get(key, (-1.0, NOTHING))
            for name, count in shown.model_dump().items():
                said = getattr(counters, name)
                assert (said is None) == (count is None)
                assert count is None or said >= count


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
