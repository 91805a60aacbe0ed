"""Tells a museum's team about viral or negative posts: rules, incidents, notifications."""
