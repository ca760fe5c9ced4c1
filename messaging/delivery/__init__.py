"""From a committed event to a socket: broker, hub, connection."""
