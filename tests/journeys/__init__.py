"""Black-box journeys: real sockets against real `manage.py serve` processes, judged by the protocol alone."""
