"""Metrics that every service has; each service adds its own in its room."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

PUBLISHED = Counter("passaparola_published_records_total", "Records acknowledged by Kafka.")
PUBLISHER_RENEWED = Counter(
    "passaparola_publisher_renewed_total", "Producers made anew after a refusal or a time-out."
)
HANDLED = Counter(
    "passaparola_handled_records_total",
    "Records handled, by what became of them.",
    ["topic", "outcome"],
)
DEAD_LETTERS = Counter(
    "passaparola_dead_letters_total", "Records parked in dead letters.", ["topic", "reason"]
)
HANDLER_SECONDS = Histogram(
    "passaparola_batch_seconds", "Time from a batch's arrival to its acknowledgement.", ["topic"]
)
RETRIES = Counter("passaparola_retries_total", "Attempts repeated in place.", ["topic"])
PARTITION_LAG = Gauge(
    "passaparola_consumer_lag_records", "Records behind the end.", ["topic", "partition"]
)
OFFSET_GAPS = Counter(
    "passaparola_offset_gaps_total", "Holes in offsets of topics that are not compacted.", ["topic"]
)
