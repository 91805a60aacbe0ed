"""Small words that turn, weigh and place what is said, in one data file a language."""
