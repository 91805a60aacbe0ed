"""What enrich counts beside what every service counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

ENRICHED = Counter(
    "passaparola_enrich_posts_total", "Enriched posts published, repeats too.", ["reason"]
)
UNKNOWN_MUSEUM = Counter(
    "passaparola_enrich_unknown_museum_total", "Matches dropped because no such museum is known."
)
BLOCKED = Counter(
    "passaparola_enrich_blocked_total", "Posts and snapshots older than a removal or an edit."
)
ROWS = Gauge("passaparola_enrich_rows", "Rows held by this worker.", ["table"])
TIME = Gauge(
    "passaparola_enrich_time_seconds", "The time that ticks have reached, Unix.", ["stage"]
)
