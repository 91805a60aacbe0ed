"""Which museums are known; the topic is read to its end before one is taken for unknown."""

from __future__ import annotations

import pytest

from services.common.errors import Retryable
from services.common.records import Received
from services.enrich.register import Register


def museum(key: bytes | None, value: bytes | None = b"{}") -> Received:
    return Received("museums", 0, 0, key, value, {}, 0)


async def test_museums_come_and_go() -> None:
    register = Register()
    register.apply(museum(b"louvre"))
    register.apply(museum(b"uffizi"))
    register.apply(museum(b"uffizi", None))
    register.apply(museum(b"never", None))
    assert await register.known(("louvre", "uffizi", "never")) == {"louvre"}


async def test_the_topic_is_read_on_for_one_that_is_not_known_and_only_then() -> None:
    register, reads = Register(), 0

    async def read_on() -> None:
        nonlocal reads
        reads += 1
        register.apply(museum(b"new"))

    register.read_present_end = read_on
    register.apply(museum(b"louvre"))
    assert await register.known(("louvre",)) == {"louvre"}
    assert reads == 0
    assert await register.known(("louvre", "new", "unheard-of")) == {"louvre", "new"}
    assert reads == 1


async def test_a_passing_fault_is_passed_on() -> None:
    register = Register()

    async def fail() -> None:
        raise Retryable("Kafka is away")

    register.read_present_end = fail
    with pytest.raises(Retryable):
        await register.known(("new",))


async def test_keys_that_are_no_text_stop_nothing() -> None:
    register = Register()
    register.apply(museum(b"\xff"))
    register.apply(museum(None))
    assert await register.known(("louvre",)) == set()
