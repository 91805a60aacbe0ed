"""What tests share: builders of events, a ledger of input with known truth, and what reads Kafka."""
