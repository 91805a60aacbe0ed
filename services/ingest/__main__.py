"""``python -m services.ingest``."""

from .app import main

if __name__ == "__main__":
    main()
