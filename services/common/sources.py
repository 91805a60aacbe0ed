"""Where settings come from: variables, and files that are named like them.

What cannot be read is told by the variable's or the file's name, and never by what it holds.
"""

from __future__ import annotations

from json import JSONDecodeError
from pathlib import Path
from typing import Any

from pydantic_settings import EnvSettingsSource, NestedSecretsSettingsSource, SettingsError

PREFIX = "PASSAPAROLA_"


class Variables(EnvSettingsSource):
    """The environment's variables."""

    def __call__(self) -> dict[str, Any]:
        """Read them. Raises ``SettingsError`` for one that should be JSON and is not."""
        try:
            return super().__call__()
        except SettingsError as error:
            name = self._no_json(error)
            if name is None:
                raise
            raise SettingsError(
                f'{name} must be JSON, such as {{"a": 1}} or ["a"], and is not; '
                "in a shell, put it between single quotes"
            ) from None

    def _no_json(self, error: SettingsError) -> str | None:
        """Return whose value could not be read: the library tells only where it belongs."""
        cause = error.__cause__
        if not isinstance(cause, JSONDecodeError):
            return None
        names = (name.upper() for name, value in self.env_vars.items() if value == cause.doc)
        return next((name for name in names if name.startswith(PREFIX)), None)


class Files(Variables, NestedSecretsSettingsSource):
    """Files of a folder, such as a mounted secret; what is not named like a variable is not ours.

    It may be anything: a keystore lies beside the certificates in a secret of Strimzi.
    """

    @classmethod
    def load_secrets(cls, path: Path) -> dict[str, str]:
        """Read the folder. Raises ``SettingsError`` for a file of ours that cannot be read."""
        found = {}
        try:
            for file in sorted(path.iterdir()):
                if file.name.upper().startswith(PREFIX) and file.is_file():
                    found[file.name] = _text_of(file)
        except OSError as error:
            raise SettingsError(f"{error.filename}: {error.strerror}") from None
        return found


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise SettingsError(
            f"{file} is no text in UTF-8: write the setting's value into it"
        ) from None
