"""A museum's day with known truth, its judge, and stand-ins for Slack and a mailbox."""
