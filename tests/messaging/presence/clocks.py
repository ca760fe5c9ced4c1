"""A clock that a test moves."""


class Clock:
    """Milliseconds since 1970; they pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * 1000)
