"""Ingest: observes platforms, matches posts to museums, tracks them and publishes to Kafka."""
