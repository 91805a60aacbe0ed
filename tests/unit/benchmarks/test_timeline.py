from benchmarks.timeline import Seen, span


def test_a_span_is_from_the_first_timestamp_to_the_last_in_any_order() -> None:
    assert span([Seen("b", 12.5, 1), Seen("a", 10.0, None), Seen("c", 11.0, 1)]) == 2.5
