"""Programs that do no more than pass records through, to measure our own cost against."""
