"""The settings module, each time in a process of its own."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chatsite.secret_key import kept_secret_key

from .launching import ROOT, environment, run, setting


def test_without_any_setting_parley_is_safe_and_embedded(tmp_path: Path) -> None:
    values = setting(
        "s.DEBUG, s.EMBEDDED, s.PUBLIC_URL, s.DATABASES['default']['NAME'].name, len(s.SECRET_KEY) > 50",
        env=environment(tmp_path),
    )
    assert values == "False True http://localhost:8000 parley.sqlite3 True"


WRONG = [
    ("PORT", "eighty"),
    ("PORT", "65536"),
    ("DEBUG", "maybe"),
    ("PUBLIC_URL", "chat.example.com"),
    ("PUBLIC_URL", "https://chat.example.com/parley"),
    ("PUBLIC_URL", "https://"),
    ("LOG_LEVEL", "LOUD"),
    ("SECRET_KEY", "too short"),
    ("DATABASE_URL", "mysql://db/parley"),
    ("DATABASE_URL", "postgres://db"),
    ("DATABASE_URL", "postgres://db/parley?colour=red"),
    ("DATABASE_POOL_SIZE", "0"),
    ("REDIS_URL", "localhost"),
    ("DATA_DIR", "/proc/nowhere"),
    ("SECRET_KEY_FILE", "/proc/nowhere"),
    ("LIMIT_MESSAGE_SEND", "fast"),
    ("GOOGLE_CLIENT_ID", "without its secret"),
    ("OPENID_URL", "http://login.example.com"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_the_start_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    done = run("-c", "import chatsite.settings, chatsite.limits", env=environment(tmp_path) | {name: value})
    assert done.returncode == 2, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith(f"{name} ")
    assert line.endswith(".")


def test_manage_py_shows_no_traceback_either(tmp_path: Path) -> None:
    done = run("manage.py", "check", env=environment(tmp_path, PORT="eighty"))
    assert done.returncode == 2
    assert done.stderr == "PORT must be a whole number, not 'eighty'.\n"


def test_the_secret_key_is_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    first = setting("s.SECRET_KEY", env=environment(tmp_path))
    assert setting("s.SECRET_KEY", env=environment(tmp_path)) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_new_data_folder_is_closed_to_other_users(tmp_path: Path) -> None:
    setting("s.DATA_DIR", env=environment(tmp_path / "new" / "var"))
    assert stat.S_IMODE((tmp_path / "new" / "var").stat().st_mode) == 0o700


def test_servers_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    program = f"from pathlib import Path; from chatsite.secret_key import *; print(kept_secret_key(Path({str(tmp_path / 'key')!r})))"
    starting = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    keys = {process.communicate(timeout=30)[0] for process in starting}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key").touch(0o600)
    with pytest.raises(ValueError, match="is empty"):
        kept_secret_key(tmp_path / "key")


@pytest.mark.parametrize(
    ("public_url", "secure"), [("http://chat.example.com", False), ("https://chat.example.com", True)]
)
def test_cookies_are_secure_exactly_when_the_public_address_is_https(
    tmp_path: Path, public_url: str, secure: bool
) -> None:
    values = setting(
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY",
        env=environment(tmp_path, PUBLIC_URL=public_url),
    )
    assert values == f"{secure} {secure} True"


def test_the_origins_are_those_that_a_browser_sends(tmp_path: Path) -> None:
    def origins(**settings: str) -> list[str]:
        return setting("*s.ORIGINS", env=environment(tmp_path, **settings)).split()

    assert origins(PORT="9000") == ["http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000"]
    assert origins(PUBLIC_URL="https://chat.example.com/") == ["https://chat.example.com"]
    assert origins(PUBLIC_URL="https://chat.example.com:443") == ["https://chat.example.com"]
    assert origins(PUBLIC_URL="https://chat.example.com:8443") == ["https://chat.example.com:8443"]


def test_the_port_on_the_command_line_is_the_port_of_the_default_address(tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv = ['manage.py', 'serve', '--port', '9000'];"
        "import manage; manage.adopt_port(sys.argv[1:]);"
        "from chatsite import settings; print(settings.PUBLIC_URL)"
    )
    assert run("-c", program, env=environment(tmp_path)).stdout == "http://localhost:9000\n"


def test_a_database_url_keeps_odd_characters_and_sockets(tmp_path: Path) -> None:
    values = setting(
        "{k: s.DATABASES['default'][k] for k in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')}",
        env=environment(
            tmp_path, DATABASE_URL="postgres://us%65r:p%40s%2Fs@/par%20ley?host=/run/postgresql&port=5433"
        ),
    )
    assert values == str(
        {"USER": "user", "PASSWORD": "p@s/s", "HOST": "/run/postgresql", "PORT": "5433", "NAME": "par ley"}
    )


def test_the_content_security_policy_allows_nothing_unsafe(tmp_path: Path) -> None:
    policy = setting(
        "s.CONTENT_SECURITY_POLICY", env=environment(tmp_path, PUBLIC_URL="https://chat.example.com")
    )
    assert "unsafe" not in policy
    assert "'default-src': [\"'none'\"]" in policy
    assert "wss://chat.example.com" in policy


def test_a_deployment_passes_djangos_own_checks_without_a_warning(tmp_path: Path) -> None:
    done = run(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        env=environment(tmp_path, PUBLIC_URL="https://chat.example.com"),
    )
    assert done.returncode == 0, done.stderr
