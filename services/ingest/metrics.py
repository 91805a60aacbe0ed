"""Metrics of ingest."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

OBSERVATIONS = Counter(
    "passaparola_ingest_observations_total",
    "What connectors observed, by what became of it.",
    ["connector", "fate"],
)
FRAMES = Counter(
    "passaparola_ingest_frames_total", "Messages received, before any filter.", ["connector"]
)
FAILURES = Counter(
    "passaparola_ingest_connector_failures_total",
    "Times that a connector broke off and was started again.",
    ["connector"],
)
CONNECTED = Gauge(
    "passaparola_ingest_connector_up", "1 while a connector receives, else 0.", ["connector"]
)
CURSOR_TIME = Gauge(
    "passaparola_ingest_cursor_timestamp_seconds",
    "Unix time of the last cursor written.",
    ["connector"],
)
LOOKS = Counter(
    "passaparola_ingest_looks_total",
    "Posts asked for again, by what the platform showed.",
    ["platform", "shown"],
)
ACTS = Counter(
    "passaparola_ingest_acts_total",
    "Acts upon tracked posts that a stream told of: counted, undone, or turned away for memory.",
    ["connector", "fate"],
)
ACTS_KEPT = Gauge(
    "passaparola_ingest_acts_kept",
    "Acts in memory, until their posts are looked at.",
    ["connector"],
)
TRACKED = Gauge("passaparola_ingest_tracked_posts", "Posts that are tracked.")
MUSEUMS = Gauge("passaparola_ingest_museums", "Museums that are listened for.")
UNREADABLE_RECORDS = Counter(
    "passaparola_ingest_unreadable_records_total",
    "Records of followed topics that were passed over.",
    ["topic"],
)
TICK_TIME = Gauge("passaparola_ingest_tick_timestamp_seconds", "Unix time of the last tick.")
