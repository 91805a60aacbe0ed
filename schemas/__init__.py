"""The contract of Passaparola's topics: models, topics, headers, ids. pydantic and stdlib only."""

from .activity import Complaint, CopiedStory, MuseumActivity, TopPost, Unusual
from .base import Model, Utc, forbid_extra, format_utc
from .codec import decode, encode, explain
from .engagement import COUNTERS, Counters, EngagementSnapshot
from .enriched import EngagementScore, EnrichedPost, Reason, Virality
from .ids import event_id, incident_id, post_id, stable_id
from .incident import Alert, Incident, IncidentState, Severity
from .museum import (
    Circle,
    Geofence,
    Handle,
    Hashtag,
    MultiPolygon,
    Museum,
    OpeningHours,
    Polygon,
)
from .norms import BucketSums, ForecastSums, Moments, NormSums
from .post import (
    Author,
    Geo,
    Ingest,
    Match,
    MatchKind,
    Media,
    Mention,
    Post,
    Rating,
    Transport,
)
from .removal import Removal, RemovalReason, RemovalScope
from .topics import TOPICS, Topic, partition_for
from .tracking import Cursor, Gap, GapReason, TrackedPost
from .understanding import Aspect, Evidence, Language, Sentiment, Span, Speaker, Urgency

__all__ = [
    "COUNTERS",
    "TOPICS",
    "Alert",
    "Aspect",
    "Author",
    "BucketSums",
    "Circle",
    "Complaint",
    "CopiedStory",
    "Counters",
    "Cursor",
    "EngagementScore",
    "EngagementSnapshot",
    "EnrichedPost",
    "Evidence",
    "ForecastSums",
    "Gap",
    "GapReason",
    "Geo",
    "Geofence",
    "Handle",
    "Hashtag",
    "Incident",
    "IncidentState",
    "Ingest",
    "Language",
    "Match",
    "MatchKind",
    "Media",
    "Mention",
    "Model",
    "Moments",
    "MultiPolygon",
    "Museum",
    "MuseumActivity",
    "NormSums",
    "OpeningHours",
    "Polygon",
    "Post",
    "Rating",
    "Reason",
    "Removal",
    "RemovalReason",
    "RemovalScope",
    "Sentiment",
    "Severity",
    "Span",
    "Speaker",
    "TopPost",
    "Topic",
    "TrackedPost",
    "Transport",
    "Unusual",
    "Urgency",
    "Utc",
    "Virality",
    "decode",
    "encode",
    "event_id",
    "explain",
    "forbid_extra",
    "format_utc",
    "incident_id",
    "partition_for",
    "post_id",
    "stable_id",
]
