"""What alerts keeps: incidents, shown posts, notifications and offsets, in one database."""
