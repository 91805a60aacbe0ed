"""enrich on a real Kafka: whole workers as processes, killed, joined, stopped and fed badly."""
