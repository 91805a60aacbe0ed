"""What is claimed about speed, measured; each module is a command and prints a table and JSON."""
