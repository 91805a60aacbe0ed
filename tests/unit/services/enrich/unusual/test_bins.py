"""Posts in bins: each id once, corrected and taken out, and counts that stand once frozen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.enrich.unusual.bins import HOUR_BINS, WINDOW_BINS, Bins, Said

BEGIN = 1000


def make_bins(*posts: tuple[int, Said]) -> Bins:
    bins = Bins()
    bins.begin(BEGIN)
    for key, said in posts:
        bins.put(key, said)
    return bins


def test_a_repeat_changes_nothing() -> None:
    bins = make_bins((1, Said(1005, 15, True)))
    assert bins.put(1, Said(1005, 15, True)) is None
    assert bins.posted(1010, HOUR_BINS) == 1
    assert bins.opinions(1010) == (15, 15)


def test_a_correction_keeps_the_post_in_its_bin() -> None:
    bins = make_bins((1, Said(1005, 15, True)))
    assert bins.put(1, Said(1009, 15, False)) == 1005
    assert bins.posted(1008, HOUR_BINS) == 1
    assert bins.opinions(1008) == (15, 0)


def test_an_older_time_moves_it() -> None:
    bins = make_bins((1, Said(1009, 0, False)))
    assert bins.put(1, Said(1002, 0, False)) == 1002
    assert [bins.posted(last, 6) for last in (1002, 1008, 1010)] == [1, 0, 0]


def test_a_frozen_count_stands_and_an_opinion_is_corrected() -> None:
    bins = make_bins((1, Said(1001, 15, True)))
    for number in range(BEGIN + 1, BEGIN + 10):
        bins.freeze(number)
    assert bins.remove(1) == 1001
    assert bins.posted(1009, HOUR_BINS) == 1
    assert bins.opinions(1009) == (0, 0)
    bins.put(2, Said(1002, 15, True))
    assert bins.posted(1009, HOUR_BINS) == 1
    assert bins.opinions(1009) == (15, 15)


def test_what_is_too_old_or_far_ahead_is_left_out() -> None:
    bins = make_bins()
    assert bins.put(1, Said(BEGIN - WINDOW_BINS, 15, True)) is None
    assert bins.put(2, Said(BEGIN + 100_000, 15, True)) is None
    assert not bins.posts
    assert bins.put(3, Said(BEGIN - WINDOW_BINS + 1, 15, True)) is not None


def test_posts_from_before_the_first_tick_are_counted() -> None:
    bins = Bins()
    for key, number in ((1, 990), (2, 1001), (3, 3)):
        bins.put(key, Said(number, 15, False))
    bins.remove(2)
    bins.put(2, Said(1002, 15, False))
    bins.begin(BEGIN)
    assert bins.posted(1002, 6) == 1
    assert bins.opinions(1002) == (30, 0)


def test_begun_anew_it_keeps_only_what_the_window_holds() -> None:
    bins = make_bins((1, Said(1005, 15, True)), (2, Said(1100, 15, True)))
    bins.freeze(BEGIN + 1)
    bins.begin(BEGIN + 90)
    assert set(bins.posts) == {2}
    assert bins.opinions(1100) == (15, 15)
    assert bins.posted(1100, HOUR_BINS) == 1


saids = st.builds(
    Said,
    number=st.integers(BEGIN - 80, BEGIN + 80),
    weight=st.sampled_from([0, 3, 15]),
    negative=st.booleans(),
)


@given(posts=st.dictionaries(st.integers(0, 50), saids), data=st.data())
def test_the_order_of_posts_does_not_matter(posts: dict[int, Said], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(list(posts.items())))
    one, other = make_bins(*posts.items()), make_bins(*shuffled)
    last = BEGIN + 80
    assert one.posts == other.posts
    assert one.opinions(last) == other.opinions(last)
    assert one.posted(last, HOUR_BINS) == other.posted(last, HOUR_BINS)


class BinsMachine(RuleBasedStateMachine):
    """Bins beside a plain model: a dictionary of posts, and counts written down when frozen."""

    @initialize()
    def start(self) -> None:
        self.bins = make_bins()
        self.posts: dict[int, Said] = {}
        self.stood: dict[int, int] = {}

    def _first(self) -> int:
        assert self.bins.frozen is not None
        return self.bins.frozen + 1 - WINDOW_BINS

    @rule(key=st.integers(0, 12), back=st.integers(-30, 90), weight=st.sampled_from([0, 7, 15]))
    def put(self, key: int, back: int, weight: int) -> None:
        assert self.bins.frozen is not None
        said = Said(self.bins.frozen + 20 - back, weight, weight == 7)
        self.bins.put(key, said)
        known = self.posts.get(key)
        if known is not None and known.number < said.number:
            said = Said(known.number, said.weight, said.negative)
        if said.number >= self._first():
            self.posts[key] = said

    @rule(key=st.integers(0, 12))
    def remove(self, key: int) -> None:
        self.bins.remove(key)
        self.posts.pop(key, None)

    @precondition(lambda self: self.bins.frozen < BEGIN + 200)
    @rule(count=st.integers(1, 30))
    def freeze(self, count: int) -> None:
        assert self.bins.frozen is not None
        for number in range(self.bins.frozen + 1, self.bins.frozen + 1 + count):
            self.stood[number] = sum(said.number == number for said in self.posts.values())
            self.bins.freeze(number)
            self.posts = {k: s for k, s in self.posts.items() if s.number >= self._first()}

    @invariant()
    def sums_are_those_of_the_model(self) -> None:
        assert self.bins.frozen is not None
        assert self.bins.posts == self.posts
        for last in (self.bins.frozen, self.bins.frozen + 5, self.bins.frozen + 24):
            for bins in (6, 12):
                wanted = sum(
                    self.stood.get(number, 0)
                    if number <= self.bins.frozen
                    else sum(said.number == number for said in self.posts.values())
                    for number in range(last - bins + 1, last + 1)
                )
                assert self.bins.posted(last, bins) == wanted
            inside = [
                said for said in self.posts.values() if last - WINDOW_BINS < said.number <= last
            ]
            assert self.bins.opinions(last) == (
                sum(said.weight for said in inside),
                sum(said.weight for said in inside if said.negative),
            )


TestBinsMachine = BinsMachine.TestCase
TestBinsMachine.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
