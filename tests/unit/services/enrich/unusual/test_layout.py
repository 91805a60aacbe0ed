"""State as bytes: nothing is lost, nothing is large, and old bytes are read for ever."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta
from random import Random

import pytest

from services.enrich.unusual.layout import read, write
from services.enrich.unusual.museum import Watch
from tests.unit.services.enrich.unusual.worlds import CALENDAR, START, in_order, play, posts, ticks


def make_watch() -> Watch:
    watch = Watch()
    watch.tick(START, CALENDAR)
    for number in range(40):
        watch.put(f"p{number}", START + timedelta(minutes=7 * number), negative=number % 3 == 0)
        watch.tick(START + timedelta(minutes=7 * number), CALENDAR)
    return watch


@pytest.mark.parametrize("watch", [Watch(), make_watch()], ids=["new", "old"])
def test_what_was_written_is_read(watch: Watch) -> None:
    data = write(watch)
    assert write(read(data)) == data
    assert read(data).now == watch.now


def test_a_museum_stays_small() -> None:
    chance = Random(1)
    watch, _ = play(in_order([*posts(chance, 2, 60), *ticks(2)]))
    inside = sum(said.number > (watch.now or 0) - 72 for said in watch.bins.posts.values())
    assert inside > 300
    assert len(write(watch)) <= 3072 + 16 * inside
    assert len(write(Watch())) <= 2048


FIRST_LAYOUT = (
    "eNpjZIxVi2IoBWIYEAOyQWKMQDYjVIwRCTPgYP9OOqk/7Q+/w6RdbxavdHxrXy2yzv1hVYk9A0PDkMaaMf2Hvq6Qcb"
    "jGPHMvu4GEw95J+wIkGg4MeX/xMPAwsDHQDsgBca+M0aEqoUf2y5rC4rUyZBxs2TwbLCS/26MolGAwamZnYGYYBUML"
    "qKqqjgbCKKAyEANiDiD+WNHILX5hLbio6E7T+9Nh58gQzSB36b2hxa4zLcwJDPJxVfePvvruwxrDIG/i3fHBSaWOzZ"
    "5Bvnu9uGfDx29slgxyuTXMxbXqK7lDGeQmfXm72WdVrVgsg9zEyYXPa/wNZSMZ5A4FzVnqmHnHxJFB7kjPiwPGa5Zb"
    "mDLI8b8T3nCtpdXGmEHuz3bjw8HzNzk7M8g7Haiz37ejyy2QQU79dkyy/V1uD28GeVXH9rXn2ws83RjkXO4aqqgfPO"
    "yjwyCnsCW0nlHxdGgEg/zUpIuztr29H2HEIN+jf7riR/r0uBAGeYNEzlsxVb4ZFgxyf3tql71I2ZLnzyB/vOrV9HO1"
    "ohXxDHKpGbflp1f+qHRnkDfSW2BteUayVZ9BrqpwnQrH2m+tZgzy8ZPanRfOftjhwiD345ZyRPzjdV22DHL3m64GPJ"
    "zO3avHIP8lv3vrqll1vVoM8k2R3Wy+CxSnGgId6T2/+l9d50oPBjkvsRtNX64/WBfEILewat/0SSFq230Z5PK8XbYe"
    "+zNxjxWD/JsDWYWf3jAc8AOG2bkpFSdTxV5oM8i97G8of7tlwksboDeFTgZ0Kb794MAg56T5Oe1GTtwvLwa5/Ck+D6"
    "e7zv4TxiAHAOc6JaY="
)
"""A state of the first layout, as it was written once: compressed, in base64."""


def test_the_first_layout_is_read_for_ever() -> None:
    data = zlib.decompress(base64.b64decode(FIRST_LAYOUT))
    watch = read(data)
    assert data[0] == 1
    assert write(watch) == data
    assert len(watch.bins.posts) == 40
    seen = watch.read(CALENDAR)
    assert (seen.posts_last_hour, seen.judged, seen.negative) == (9, 39, 13)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x63" + bytes(3000), write(Watch())[:900]])
def test_strange_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="museum's state"):
        read(data)
