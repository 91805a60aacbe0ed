"""What alerts counts beside what every service counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

INCIDENTS_OPENED = Counter(
    "passaparola_alerts_incidents_opened_total", "Incidents opened, by the first rule.", ["rule"]
)
ALERTS = Counter("passaparola_alerts_alerts_total", "Alerts kept, by rule.", ["rule"])
NOTIFICATIONS = Counter(
    "passaparola_alerts_notifications_total",
    "Attempts at notifications, by what became of them.",
    ["channel", "outcome"],
)
LATENCY = Histogram(
    "passaparola_alerts_notification_latency_seconds",
    "Wall time from the record on posts.enriched to the channel's acceptance of a first message.",
    ["channel"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400),
)
UNDELIVERED = Gauge(
    "passaparola_alerts_notifications_blocked",
    "Notifications that a person must help: blocked or failed, by reason.",
    ["channel", "reason"],
)
WAITING = Gauge(
    "passaparola_alerts_notifications_waiting", "Notifications to be sent or changed.", ["channel"]
)
OFFSETS_REFUSED = Counter(
    "passaparola_alerts_offsets_refused_total",
    "Batches rolled back because another consumer had moved the offset.",
)
TEXTS_ERASED = Counter(
    "passaparola_alerts_texts_erased_total", "Shown posts whose text was erased.", ["reason"]
)
