"""enrich: scores each post as it concerns each museum, and counts each museum's last hours."""
