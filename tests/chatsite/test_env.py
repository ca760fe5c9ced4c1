"""The typed environment, in process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chatsite import env
from chatsite.env import Rate


@pytest.fixture(autouse=True)
def own_declarations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that a test declares must not show up in the documentation."""
    monkeypatch.setattr(env, "_declared", {})


def test_an_unset_or_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.integer("N", default=3, help="h") == 3
    monkeypatch.setenv("N", "  ")
    assert env.integer("N", default=3, help="h") == 3


@pytest.mark.parametrize(
    ("raw", "value"),
    [("true", True), ("YES", True), ("on", True), ("1", True), ("False", False), ("no", False), ("0", False)],
)
def test_a_boolean_is_written_in_many_ways(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
    monkeypatch.setenv("B", raw)
    assert env.boolean("B", default=not value, help="h") is value


def test_a_list_is_separated_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("L", "a.example, b.example c.example,")
    assert env.words("L", help="h") == ["a.example", "b.example", "c.example"]


@pytest.mark.parametrize(
    ("raw", "bucket"),
    [
        ("20/s+60", Rate(20, 60)),
        ("0.5/s+1", Rate(0.5, 1)),
        ("30/m+10", Rate(0.5, 10)),
        ("36/h+5", Rate(0.01, 5)),
    ],
)
def test_a_rate_is_refill_and_burst(raw: str, bucket: Rate) -> None:
    assert env.parse_rate(raw) == bucket


def test_a_choice_is_taken_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("C", "debug")
    assert env.choice("C", ("DEBUG", "INFO"), default="INFO", help="h") == "DEBUG"


Read = Callable[[], object]

WRONG: list[tuple[Read, str, str]] = [
    (lambda: env.integer("X", default=1, help="h"), "one", "must be a whole number"),
    (lambda: env.integer("X", default=1, help="h"), "1.5", "must be a whole number"),
    (lambda: env.integer("X", default=1, help="h"), "٣", "must be a whole number"),
    (lambda: env.integer("X", default=1, help="h"), "-1", "must be 0 or more"),
    (lambda: env.integer("X", default=1, low=1, high=9, help="h"), "10", "must be from 1 to 9"),
    (lambda: env.number("X", default=1, help="h"), "nan", "must be a number"),
    (lambda: env.number("X", default=1, help="h"), "1e400", "must be a number"),
    (lambda: env.boolean("X", default=True, help="h"), "maybe", "must be true or false"),
    (lambda: env.choice("X", ("A", "B"), default="A", help="h"), "C", "must be one of A, B"),
    (lambda: env.url("X", schemes=("redis",), help="h"), "localhost:6379", "redis://"),
    (lambda: env.url("X", schemes=("redis",), help="h"), "redis://h:port", "redis://"),
    (lambda: env.rate("X", default="1/s+1", help="h"), "20", "20/s+60"),
    (lambda: env.rate("X", default="1/s+1", help="h"), "0/s+60", "20/s+60"),
    (lambda: env.rate("X", default="1/s+1", help="h"), "1/s+0", "20/s+60"),
]


@pytest.mark.parametrize(("read", "raw", "why"), WRONG)
def test_a_wrong_value_ends_the_process_with_one_line_that_shows_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], read: Read, raw: str, why: str
) -> None:
    monkeypatch.setenv("X", raw)
    with pytest.raises(SystemExit) as ended:
        read()
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("X ")
    assert why in line
    assert repr(raw) in line


def test_a_value_that_may_hold_a_secret_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("U", "mysql://parley:hunter2@db/parley")
    with pytest.raises(SystemExit):
        env.url("U", schemes=("postgres",), help="h", file=True)
    assert "hunter2" not in capsys.readouterr().err


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv("S_FILE", str(secret))
    assert env.text("S", help="h", file=True) == "from the file"


def test_a_secret_given_twice_or_in_no_readable_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("S_FILE", str(tmp_path / "none"))
    with pytest.raises(SystemExit):
        env.text("S", help="h", file=True)
    assert "cannot be read" in capsys.readouterr().err
    monkeypatch.setenv("S", "given")
    with pytest.raises(SystemExit):
        env.text("S", help="h", file=True)
    assert "both set" in capsys.readouterr().err


def test_every_reader_leaves_its_declaration() -> None:
    env.section("Own")
    env.rate("R", default="20/s+60", help="A rate.")
    [declared] = env.declared()
    assert (declared.name, declared.kind, declared.default, declared.section) == (
        "R",
        "rate",
        "20/s+60",
        "Own",
    )
