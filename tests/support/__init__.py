"""What tests share: builders of events, a ledger of input with known truth, readers of Kafka."""
