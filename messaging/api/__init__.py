"""What is said, over HTTP: messages, the log itself, one's own watermarks."""
