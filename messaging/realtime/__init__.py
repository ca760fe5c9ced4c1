"""The WebSocket door: frames in, commands to services, group commit."""
