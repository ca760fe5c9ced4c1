"""How text is folded, cut into words, and found again."""

import datetime as dt

import pytest

from chatsite.errors import BadRequest
from messaging.search.asking import Asked, read_query
from messaging.search.words import fold, snippet

TODAY = dt.date(2026, 11, 24)


def asked(q: str) -> Asked:
    return read_query(q, zone=dt.UTC, today=TODAY)


def finds(q: str, text: str) -> bool:
    return all(term.pattern in fold(text) for term in asked(q).terms)


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("deploy", "The redeployment is done"),
        ("DEPLOY", "deploy"),
        ("cafe", "Un café, cafe\u0301"),
        ("café", "CAFE"),
        ("strasse", "Straße"),
        ("istanbul", "İstanbul"),
        ("привет", "ПРИВЕТ, мир"),
        ("ελλαδα", "Ελλάδα"),
        ("東京", "来週、東京都に行きます"),
        ("京", "東京"),
        ("한국", "대한민국 한국어"),
        ("サーバ", "サーバーが落ちた"),
        ("سلام", "السَّلام عليكم"),
        ("احمد", "أحمد"),
        ("שלום", "שָׁלוֹם"),
        ("नमस्ते", "नमस्ते दुनिया"),
        ("สวัสดี", "สวัสดีครับ"),
        ("🎉", "well done 🎉🎉"),
        ("👍", "👍🏽"),
        ("ok", "(ok)"),
        ("ui", "the UIs are new"),
        ("a", "this is a test"),
        ("c++", "C++ or C#"),
        ("c#", "C++ or C#"),
        ("foo-bar", "the foo bar baz"),
        ('"tide turns"', "when the Tide\nturns"),
        ("a.example.com/x", "see https://a.example.com/x?y"),
        ("tide six", "six o'clock: the tide turns"),
        ("100%", "100 % sure"),
        ("a_b", "call a_b()"),
    ],
)
def test_what_is_meant_is_found(q: str, text: str) -> None:
    assert finds(q, text)
    found = snippet(text, asked(q).terms)
    assert any(part.match for part in found)
    assert "".join(part.text for part in found) == text


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("ok", "broken tokens"),
        ("a", "banana"),
        ("tide seven", "the tide turns at six"),
        ('"turns tide"', "tide turns"),
        ("京東", "東京"),
        ("か", "が"),
        ("a%b", "axb"),
        ("a_b", "axb"),
        ("c#", "c++"),
        ("🎉", "🎊"),
    ],
)
def test_what_is_not_meant_is_not_found(q: str, text: str) -> None:
    assert not finds(q, text)


def test_a_snippet_is_a_piece_around_the_first_match() -> None:
    text = f"{'before ' * 100}the tide turns, {'after ' * 100}"
    parts = snippet(text, asked("tide turn").terms)
    assert [part.text for part in parts if part.match] == ["tide", "turns"]
    assert parts[0].text == parts[-1].text == "…"
    assert sum(len(part.text) for part in parts) < 260
    assert snippet("nothing of it", asked("tide").terms) == [("nothing of it", False)]


def test_filters_are_read() -> None:
    found = asked(
        'tide from:@bob from:"Ann Archer" in:#harbour before:2026-02-01 AFTER:today has:link has:IMAGE'
    )
    assert [term.pattern for term in found.terms] == ["tide"]
    assert found.people == ["bob", "Ann Archer"]
    assert found.rooms == ["harbour"]
    assert found.has == {"link", "image"}
    assert (found.before, found.after) == (
        dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
    )
    assert [term.pattern for term in asked("http://a.b note:this").terms] == ["http a b ", "note this"]


@pytest.mark.parametrize(
    "q", ["", "  ", "-", '"', '""', '"" OR&|!', "* AND NOT", "( ) : ~", "…", "\u200b", "x" * 500]
)
def test_odd_queries_are_read(q: str) -> None:
    terms = asked(q).terms
    assert all(term.pattern.strip() for term in terms)
    assert bool(terms) == any(sign.isalnum() for sign in q)


@pytest.mark.parametrize(
    "q",
    [
        "x" * 501,
        "tide from:",
        "in:@",
        'from:""',
        "has:picture",
        "before:soon",
        "after:2026-13-01",
        "after:9999-99-99",
        " ".join("abcdefghijklmnopqrstu"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_says_where(q: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        asked(q)
    assert refusal.value.field == "q"
