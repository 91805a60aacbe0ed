"""What is said of an error that ends a command; loaded only when there is one."""

from __future__ import annotations

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from pydantic_settings import SettingsError

from schemas import explain
from services.common.errors import PassaparolaError


def sentence(error: Exception) -> str | None:
    """Return one sentence for whoever called, or ``None`` for a fault of ours."""
    match error:
        case ValidationError():
            return f"settings: {explain(error)}"
        case SettingsError():
            return f"settings: {error}"
        case KafkaError():
            return (
                f"Kafka does not answer as it should: {error}. Set PASSAPAROLA_KAFKA__BOOTSTRAP to"
                " its address, or start one with `passaparola up`."
            )
        case ModuleNotFoundError():
            return (
                f"this command needs {error.name}, which is not installed here; docs/operating.md"
                " says which image has which commands, and a checkout has all of them after"
                " `make install`"
            )
        case PassaparolaError():
            return str(error)
        case OSError():
            return str(error) if error.filename is None else f"{error.filename}: {error.strerror}"
        case _:
            return None
