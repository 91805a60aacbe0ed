"""A museum's state as bytes, and back. The first byte is the layout's number; one that was ever
released is read for ever. What can be folded again is left out.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable

from .bins import HOUR_BINS, Bins, Said
from .burst import Burst, Usual
from .calendar import SLOTS
from .hours import KEPT, Hours
from .museum import Course, Watch
from .negative_share import NegativeShare

_LAYOUT = 1
_HEAD = struct.Struct("<BBIIIIII")
"""Layout, whether time has begun, settled, now, told, told_share, first, frozen."""
_TAIL = struct.Struct(f"<{HOUR_BINS}I")
_USUAL = struct.Struct(f"<3d{SLOTS}f")
_SEEN = struct.Struct(f"<{SLOTS}H")
_BURST = struct.Struct("<I4d?IBBIH")
_SHARE = struct.Struct("<2dIHIIdI")
_POST = struct.Struct("<QHB")
"""Key, bin after the first one, weight and whether it is negative."""
_EARLY_POST = struct.Struct("<QIB")
"""The same before time has begun: there is no first bin yet."""
_NO_CHANCE = -1.0


def write(watch: Watch) -> bytes:
    """Return a museum's state as bytes: the same state gives the same bytes."""
    bins, course = watch.bins, watch.course
    burst, share = course.burst, course.share
    begun = watch.now is not None
    post = _POST if begun else _EARLY_POST
    return b"".join(
        (
            _HEAD.pack(
                _LAYOUT,
                begun,
                watch.settled,
                watch.now or 0,
                watch.told,
                watch.told_share,
                bins.first,
                bins.frozen or 0,
            ),
            _TAIL.pack(*bins.tail),
            _write_usual(burst.half),
            _write_usual(burst.whole),
            _SEEN.pack(*burst.seen),
            _BURST.pack(
                burst.age,
                burst.evidence,
                burst.expected,
                burst.envelope,
                burst.told,
                burst.open,
                burst.opened,
                burst.quiet,
                burst.above,
                burst.hours.last,
                burst.hours.known,
            ),
            bytes(burst.hours.codes),
            _SHARE.pack(
                share.negative,
                share.others,
                share.opened,
                share.unlearned,
                share.judged,
                share.bad,
                _NO_CHANCE if share.chance is None else share.chance,
                share.beyond,
            ),
            *(
                post.pack(key, said.number - bins.first, said.weight << 1 | said.negative)
                for key, said in sorted(bins.posts.items(), key=_key)
            ),
        )
    )


def read(data: bytes) -> Watch:
    """Read a museum's state. Raises ``ValueError`` for bytes that no release has written."""
    reader = _READERS.get(data[0]) if data else None
    if reader is None:
        raise ValueError(
            "a museum's state of an unknown layout; was it written by a newer release?"
        )
    try:
        return reader(data)
    except struct.error as error:
        raise ValueError("a museum's state that is cut short") from error


def _key(post: tuple[int, Said]) -> int:
    return post[0]


def _write_usual(usual: Usual) -> bytes:
    return _USUAL.pack(usual.level, usual.variance, usual.phi, *usual.shape)


def _read_usual(data: bytes, at: int) -> Usual:
    level, variance, phi, *shape = _USUAL.unpack_from(data, at)
    return Usual(level, variance, phi, array("f", shape))


def _read_1(data: bytes) -> Watch:
    _, begun, settled, now, told, told_share, first, frozen = _HEAD.unpack_from(data)
    at = _HEAD.size
    tail = list(_TAIL.unpack_from(data, at))
    at += _TAIL.size
    half = _read_usual(data, at)
    at += _USUAL.size
    whole = _read_usual(data, at)
    at += _USUAL.size
    seen = array("H", _SEEN.unpack_from(data, at))
    at += _SEEN.size
    age, evidence, expected, envelope, burst_told, is_open, opened, quiet, above, last, known = (
        _BURST.unpack_from(data, at)
    )
    at += _BURST.size
    hours = Hours(last, known, bytearray(data[at : at + KEPT]))
    at += KEPT
    negative, others, alarmed, unlearned, judged, bad, chance, beyond = _SHARE.unpack_from(data, at)
    at += _SHARE.size
    posts = {
        key: Said(first + place, bits >> 1, bool(bits & 1))
        for key, place, bits in (_POST if begun else _EARLY_POST).iter_unpack(data[at:])
    }
    return Watch(
        bins=Bins.restored(first, frozen, tail, posts) if begun else Bins(posts=posts),
        course=Course(
            Burst(
                age,
                half,
                whole,
                seen,
                hours,
                evidence,
                expected,
                envelope,
                burst_told,
                is_open,
                opened,
                quiet,
                above,
            ),
            NegativeShare(
                negative,
                others,
                alarmed,
                unlearned,
                judged,
                bad,
                None if chance == _NO_CHANCE else chance,
                beyond,
            ),
        ),
        settled=settled,
        now=now if begun else None,
        told=told,
        told_share=told_share,
    )


_READERS: dict[int, Callable[[bytes], Watch]] = {1: _read_1}
