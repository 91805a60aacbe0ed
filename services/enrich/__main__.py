"""``python -m services.enrich``."""

from .app import run
from .settings import Settings

if __name__ == "__main__":
    run(Settings())
