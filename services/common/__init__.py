"""What every service needs and no domain word: settings, Kafka, guard, health, logs, clock."""
