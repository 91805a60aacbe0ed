from benchmarks.timeline import Seen, Span, span


def test_a_span_is_from_the_first_timestamp_to_the_last_in_any_order() -> None:
    found = span([Seen("b", 12.5, 1), Seen("a", 10.0, None), Seen("c", 11.0, 1)])
    assert found == Span(10.0, 12.5)
    assert found.seconds == 2.5
