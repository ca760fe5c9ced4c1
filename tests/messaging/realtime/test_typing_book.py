"""Typing: starts are thinned out, ends are told once, and everything passes by itself."""

import pytest

from chatsite import limits
from messaging.delivery.typists import THIN_SECONDS, Typists
from messaging.realtime import typing_book
from messaging.realtime.typing_book import TypingBook


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def book(clock: Seconds) -> TypingBook:
    return TypingBook(clock)


def test_at_most_one_start_a_person_and_room_passes_in_a_while(book, clock):
    assert book.start("bob", "harbour")
    assert not book.start("bob", "harbour")
    assert book.start("bob", "pier")
    assert book.start("alice", "harbour")
    clock.now += THIN_SECONDS
    assert book.start("bob", "harbour")


def test_an_end_is_told_once_and_does_not_let_starts_pass_faster(book):
    book.start("bob", "harbour")
    assert book.end("bob", "harbour")
    assert not book.end("bob", "harbour")
    assert not book.start("bob", "harbour")
    assert not book.end("bob", "harbour")


def test_what_has_expired_needs_no_end(book, clock):
    book.start("bob", "harbour")
    clock.now += limits.TYPING_MS / 1000
    assert not book.is_on("bob", "harbour")
    assert not book.end("bob", "harbour")


def test_a_refused_start_does_not_silence_the_next_refusal(book):
    book.start("mallory", "harbour")
    book.take_back("mallory", "harbour")
    assert book.start("mallory", "harbour")


def test_the_book_forgets(book, clock, monkeypatch):
    monkeypatch.setattr(typing_book, "MOST", 100)
    for number in range(1000):
        book.start(f"user{number}", "harbour")
        clock.now += 1
    assert len(book._started) <= 101


def test_a_hub_tells_a_hint_once_though_it_hears_it_twice():
    typists = Typists()
    assert [typists.passes("bob", on=True, now=now) for now in (0.0, 0.01)] == [True, False]
    assert [typists.passes("bob", on=False, now=now) for now in (1.0, 1.01)] == [True, False]
    assert not typists.passes("bob", on=False, now=1.02)
    assert typists.passes("bob", on=True, now=2.0)


def test_a_hub_tells_no_end_of_what_has_passed():
    typists = Typists()
    typists.passes("bob", on=True, now=0)
    assert not typists.passes("bob", on=False, now=limits.TYPING_MS / 1000 + 1)
