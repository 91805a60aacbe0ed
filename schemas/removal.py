"""A removal: a post must go. It travels as a null under the post's key, its facts in headers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from .base import Model, PostId, Utc


class RemovalReason(StrEnum):
    """Who or what asks that a post must go."""

    AUTHOR_DELETE = "author_delete"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_SUSPENDED = "account_suspended"
    MISSING_ON_REFRESH = "missing_on_refresh"
    RETENTION_EXPIRED = "retention_expired"
    USER_REQUEST = "user_request"
    MUSEUM_REQUEST = "museum_request"


class RemovalScope(StrEnum):
    """What the platform removed: one post, or an account and so each of its posts."""

    POST = "post"
    ACCOUNT = "account"


class Removal(Model):
    """A post must go. ``version``: the newest version that it kills; ``None`` kills all."""

    post_id: PostId
    scope: RemovalScope = RemovalScope.POST
    reason: RemovalReason
    effective_at: Utc
    observed_at: Utc
    version: Annotated[int, Field(ge=0)] | None = None
