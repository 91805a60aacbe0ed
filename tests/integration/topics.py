"""Our topics have fixed names on a broker that tests share.

Who needs them empty deletes what others left, and leaves none that are not as all expect them.
"""

from __future__ import annotations

from aiokafka.admin import AIOKafkaAdminClient

from schemas.topics import TOPICS
from tests.support.waiting import until_complete


async def delete_topics(bootstrap: str, *names: str) -> None:
    """Delete those topics that are there, all of ours if none is named; wait until they go."""
    wanted = set(names or (topic.name for topic in TOPICS))
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()

    async def there() -> str | None:
        left = wanted & set(await admin.list_topics())
        return f"the end of topics {sorted(left)}" if left else None

    try:
        present = wanted & set(await admin.list_topics())
        if present:
            await admin.delete_topics(sorted(present))
        await until_complete(there, within=60)
    finally:
        await admin.close()
