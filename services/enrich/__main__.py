"""``python -m services.enrich``."""

from services.common.settings import load_settings

from .app import run
from .settings import Settings

if __name__ == "__main__":
    run(load_settings(Settings))
