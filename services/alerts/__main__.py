"""Runs the alerts service as a process: ``python -m services.alerts``."""

from services.alerts.app import main

if __name__ == "__main__":
    main()
