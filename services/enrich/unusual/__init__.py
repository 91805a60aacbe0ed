"""What is unusual about a museum: bursts of posts and spikes of the negative share."""
