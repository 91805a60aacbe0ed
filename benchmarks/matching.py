"""How many posts a second are matched against many museums: ``python -m benchmarks.matching``.

Posts and museums are made up from a seed: one post in ten concerns some museum.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from datetime import UTC, datetime

from schemas import Ingest, Museum, Post, Transport
from services.ingest.matching import Matcher

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORDS = (
    "oggi visita bellissima mostra bambini ingresso biglietti coda sala quadro statue guide "
    "today lovely afternoon family ticket queue café shop paintings gallery entrance rain "
    "journée billet enfants tableau statue lumière très déçu über großartig Führung Kinder día "
    "niños cuadro precioso entrada cola verano 美しい 展覧会 музей"
).split()


def make_museums(count: int, chance: random.Random) -> list[Museum]:
    """Return museums with two strong tags, two weak ones, an account, a name and a place."""
    return [
        Museum.model_validate(
            {
                "museum_id": f"museum-{n}",
                "name": f"Museum {n}",
                "hashtags": [
                    {"raw": f"Museum{n}"},
                    {"raw": f"MuséeNuméro{n}"},
                    {"raw": f"Treasure{n % 50}", "weak": True},
                    {"raw": f"City{n % 20}", "weak": True},
                ],
                "exclude_hashtags": [f"NotMuseum{n}"],
                "handles": {"x": [{"id": str(n), "name": f"museum_{n}"}]},
                "words": [f"Museo Número {n}"],
                "geofence": {
                    "type": "Circle",
                    "lon": chance.uniform(-180, 180),
                    "lat": chance.uniform(-60, 70),
                    "radius_m": 150,
                },
                "timezone": "Europe/Rome",
            }
        )
        for n in range(count)
    ]


def make_posts(count: int, museums: list[Museum], chance: random.Random) -> list[Post]:
    """Return posts of 15 to 40 words with up to three tags; every tenth concerns a museum."""
    ingest = Ingest(connector="benchmark", transport=Transport.STREAM, received_at=NOW)
    posts = []
    for n in range(count):
        words = chance.choices(WORDS, k=chance.randint(15, 40))
        tags = [f"tag{chance.randrange(5_000)}" for _ in range(chance.randint(0, 3))]
        museum = chance.choice(museums)
        if n % 10 == 0:
            tags.append(museum.hashtags[0].raw)
        if n % 20 == 5:
            words.insert(3, museum.words[0])
        geo = None
        if n % 50 == 0:  # geotagged posts are rare
            geo = {
                "precision": "point",
                "lon": chance.uniform(-180, 180),
                "lat": chance.uniform(-60, 70),
            }
        posts.append(
            Post.model_validate(
                {
                    "post_id": f"x:{n}",
                    "platform": "x",
                    "version": 1,
                    "text": " ".join(words),
                    "hashtags": tags,
                    "author": {"native_id": f"a{n}"},
                    "created_at": NOW,
                    "observed_at": NOW,
                    "geo": geo,
                    "ingest": ingest,
                }
            )
        )
    return posts


def measure(museums: int, posts: int, seed: int) -> dict[str, float | int]:
    """Build a matcher and match all posts once; the best of three rounds counts."""
    chance = random.Random(seed)
    listed = make_museums(museums, chance)
    many = make_posts(posts, listed, chance)
    started = time.perf_counter()
    matcher = Matcher(listed)
    built = time.perf_counter() - started
    rounds = []
    matched = 0
    for _ in range(3):
        started = time.perf_counter()
        matched = sum(1 for post in many if matcher.match(post))
        rounds.append(time.perf_counter() - started)
    return {
        "museums": museums,
        "posts": posts,
        "matched": matched,
        "build_seconds": round(built, 4),
        "posts_per_second": round(posts / min(rounds)),
    }


def main() -> None:
    """Measure with 1, 100, 1,000 and 10,000 museums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--museums", type=int, nargs="*", default=[1, 100, 1_000, 10_000])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    results = [measure(museums, given.posts, given.seed) for museums in given.museums]
    print(f"{'museums':>8} {'posts':>8} {'matched':>8} {'build s':>8} {'posts/s':>10}")
    for row in results:
        print(
            f"{row['museums']:>8,} {row['posts']:>8,} {row['matched']:>8,} "
            f"{row['build_seconds']:>8} {row['posts_per_second']:>10,}"
        )
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    print(json.dumps({"benchmark": "matching", "seed": given.seed, **machine, "rows": results}))


if __name__ == "__main__":
    main()
