"""What is usual on a platform, as a table for people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from rich.table import Table

from schemas.topics import NORMS
from services.common.records import Received
from services.enrich.engagement import AGE_BUCKETS_HOURS, say_age
from services.enrich.norms import Norm
from services.enrich.usual import Usual


def norms_table(platform: str, values: Mapping[str, bytes], today: date) -> Table:
    """Return a platform's table from what ``enrich.norms`` holds, by key, as in force today."""
    usual = Usual()
    for key, value in values.items():
        usual.apply(Received(NORMS.name, 0, 0, key.encode(), value, {}, 0))
    outlook = usual.forecasts.outlook(platform, today)
    since = min(key.split("/")[-2] for key in values if key.startswith(f"{platform}/"))
    table = Table(
        title=f"{platform}, learned since {since}",
        caption=(
            f"Viral means a weighted engagement of {outlook.threshold:,.0f} or more in two days "
            f"({outlook.source}, {outlook.posts:,} finished posts)."
        ),
    )
    for heading in ("age from", "usual engagement", "of", "followers"):
        table.add_column(heading, justify="right")
    for bucket, hours in enumerate(AGE_BUCKETS_HOURS):
        norm = usual.norms.norm(platform, bucket, today)
        table.add_row(
            say_age(hours), _range(norm), norm.source, f"{math.expm1(norm.audience):,.0f}"
        )
    return table


def _range(norm: Norm) -> str:
    low, high = (max(0.0, math.expm1(norm.mean + sign * norm.spread)) for sign in (-1, 1))
    return f"{low:,.0f} to {high:,.0f}"
