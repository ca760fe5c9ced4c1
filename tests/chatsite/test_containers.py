"""The containers without an engine: the files' structure, and the same commands run bare."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatsite.cluster_secrets import make_secrets
from tests.support.processes import free_port, leashed, stop_process, wait_until
from tests.support.services import create_database, drop_database, with_path

from .composition import composition, instructions
from .launching import ROOT, environment, run

OURS = ("migrate", "server-1", "server-2", "worker", "beat")
LASTING = ("postgres", "redis", "server-1", "server-2", "worker", "beat", "proxy")


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    """The compose file as it is without a `.env`."""
    return composition()


def test_there_are_all_roles(composed: dict[str, Any]) -> None:
    assert set(composed["services"]) == {*OURS, *LASTING, "secrets"}


# What the compose specification knows of a service, as far as this file uses it; a typing error is not in here.
KEYS = [
    "build",
    "cap_drop",
    "command",
    "configs",
    "depends_on",
    "environment",
    "healthcheck",
    "image",
    "logging",
    "network_mode",
    "networks",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "shm_size",
    "stop_grace_period",
    "tmpfs",
    "user",
    "volumes",
]


def test_every_key_is_one_of_the_specification(composed: dict[str, Any]) -> None:
    extensions = {key for key in composed if key.startswith("x-")}
    assert set(composed) - extensions == {"name", "services", "configs", "networks", "volumes"}
    for name, service in composed["services"].items():
        assert set(service) <= set(KEYS), name
        assert "image" in service, name
        assert not ("network_mode" in service and "networks" in service), name


def test_what_is_referred_to_is_defined(composed: dict[str, Any]) -> None:
    services = composed["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services, name
            if how["condition"] == "service_healthy":
                assert "test" in services[needed]["healthcheck"], (name, needed)
            else:
                assert how["condition"] == "service_completed_successfully"
                assert services[needed]["restart"] == "no", (name, needed)
        assert set(service.get("networks", ())) <= set(composed["networks"]), name
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in composed["volumes"], name
        for config in service.get("configs", ()):
            assert config["source"] in composed["configs"], name
    assert (ROOT / composed["configs"]["proxy"]["file"]).exists()


def test_everything_that_lasts_is_watched_and_restarted(composed: dict[str, Any]) -> None:
    for name in LASTING:
        service = composed["services"][name]
        assert service["restart"] == "unless-stopped", name
        assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"]), name


def test_images_of_others_are_pinned_to_a_version(composed: dict[str, Any]) -> None:
    for name, service in composed["services"].items():
        if "build" not in service:
            assert re.fullmatch(r"(postgres|redis|caddy):\d+\.\d+(\.\d+)?(-\w+)?", service["image"]), name
    for keyword, rest in instructions():
        if keyword == "FROM":
            assert re.match(r"python:3\.\d+\.\d+-slim-\w+( AS \w+)?$", rest)


def test_secrets_come_from_files_and_stand_nowhere(composed: dict[str, Any]) -> None:
    services = composed["services"]
    for name in OURS:
        settings = services[name]["environment"]
        assert settings["SECRET_KEY_FILE"] == "/secrets/secret_key"
        assert settings["DATABASE_URL_FILE"] == "/secrets/database_url"
        assert not {"SECRET_KEY", "DATABASE_URL"} & set(settings)
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/secrets/postgres_password"
    writers = [name for name, service in services.items() if "secrets:/secrets" in service.get("volumes", ())]
    assert writers == ["secrets"]


def test_only_the_proxy_can_be_reached_and_the_data_stays_behind(composed: dict[str, Any]) -> None:
    services = composed["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert composed["networks"]["back"]["internal"] is True
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["back"]
    subnet = composed["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert services["server-1"]["environment"]["TRUSTED_PROXIES"] == subnet


def test_the_proxy_balances_over_all_servers_and_has_their_address(composed: dict[str, Any]) -> None:
    caddyfile = (ROOT / ".config" / "Caddyfile").read_text()
    assert "reverse_proxy server-1:8000 server-2:8000 {" in caddyfile
    assert "health_uri /readyz" in caddyfile
    assert caddyfile.count("{") == caddyfile.count("}")
    services = composed["services"]
    assert services["proxy"]["environment"] == {"PUBLIC_URL": "http://localhost:8000"}
    assert services["server-1"]["environment"]["PUBLIC_URL"] == "http://localhost:8000"
    public = composition(PUBLIC_URL="https://chat.example.com", HTTP_PORT="80", HTTPS_PORT="443")["services"]
    assert public["proxy"]["ports"] == ["80:80", "443:443"]
    assert public["server-2"]["environment"]["PUBLIC_URL"] == "https://chat.example.com"


def test_our_containers_have_no_rights_that_they_do_not_need(composed: dict[str, Any]) -> None:
    for name in (*OURS, "secrets"):
        service = composed["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    users = [rest for keyword, rest in instructions() if keyword == "USER"]
    assert users == ["parley"]


def test_a_server_has_time_to_send_its_sockets_away(composed: dict[str, Any]) -> None:
    from chatsite import limits

    grace = composed["services"]["server-1"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > limits.DRAIN_SECONDS + 10


def test_the_image_gets_all_that_it_copies() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {
        "manage.py",
        "requirements.lock",
        "chatsite",
        "rooms",
        "messaging",
        "templates",
        "static",
    } <= allowed
    for name in allowed:
        assert (ROOT / name).exists(), name
    [install] = [rest for keyword, rest in instructions() if keyword == "RUN" and "pip install" in rest]
    assert "--require-hashes" in install


def test_the_build_step_of_the_image_runs_bare(tmp_path: Path) -> None:
    [step] = [rest for keyword, rest in instructions() if keyword == "RUN" and "collectstatic" in rest]
    [key] = re.findall(r"SECRET_KEY=(\S+)", step)
    [command] = re.findall(r"python (manage\.py collectstatic[^&]*)", step)
    done = run(
        *command.split(), env=environment(tmp_path, SECRET_KEY=key, STATIC_ROOT=str(tmp_path / "collected"))
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "collected" / "staticfiles.json").exists()
    assert not (tmp_path / "secret_key").exists()


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(first) == {"secret_key", "postgres_password", "database_url"}
    assert first["postgres_password"] in first["database_url"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    make_secrets(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first


class Bare:
    """The containers' commands on this machine, with a database and a Redis of the test run."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._services = composition()["services"]

    def command(self, words: list[str]) -> list[str]:
        """With the programs of this Python in place of the image's."""
        programs = Path(sys.executable).parent
        return [str(programs / words[0]) if words[0] in ("python", "celery") else words[0], *words[1:]]

    def settings(self, port: int) -> dict[str, str]:
        """The service's own, with the places of this machine."""
        settings = {name: str(value) for name, value in self._services["server-1"]["environment"].items()}
        for name in ("SECRET_KEY_FILE", "DATABASE_URL_FILE"):
            settings[name] = str(self.folder / Path(settings[name]).name)
        settings |= {"PORT": str(port), "REDIS_URL": with_path(os.environ["TEST_REDIS_URL"], "15")}
        return environment(self.folder / "data", **settings)

    def run(self, service: str, port: int) -> str:
        """Run a service that ends by itself; answers its output."""
        done = subprocess.run(
            self.command(self._services[service]["command"]),
            cwd=ROOT,
            env=self.settings(port),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, service: str, port: int) -> None:
        """Start a service that lasts; it is stopped at the end, as the engine would stop it."""
        log = self._stack.enter_context((self.folder / f"{service}.log").open("wb"))
        process = subprocess.Popen(
            leashed(self.command(self._services[service]["command"]), signal.SIGTERM),
            cwd=ROOT,
            env=self.settings(port),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self._stack.callback(stop_process, process, signal.SIGTERM, patience=30)

    def is_healthy(self, service: str, port: int) -> bool:
        """Run the service's own health check."""
        kind, *words = self._services[service]["healthcheck"]["test"]
        command = self.command(words)
        if kind == "CMD-SHELL":
            programs = Path(sys.executable).parent
            command = ["sh", "-c", f"HOSTNAME=$(uname -n); {programs}/{words[0].replace('$$', '$')}"]
        return (
            subprocess.run(
                command, cwd=ROOT, env=self.settings(port), capture_output=True, timeout=30, check=False
            ).returncode
            == 0
        )


@contextmanager
def bare(folder: Path) -> Iterator[Bare]:
    """Secrets as the `secrets` service makes them, but with the address of the test run's PostgreSQL."""
    (folder / "data").mkdir()
    make_secrets(folder)
    url = create_database(os.environ["TEST_DATABASE_URL"], f"bare_{os.getpid()}")
    (folder / "database_url").write_text(url)
    with ExitStack() as stack:
        stack.callback(drop_database, url)
        yield Bare(folder, stack)


@pytest.mark.skipif(os.environ.get("TEST_STORAGE") == "sqlite", reason="a cluster needs PostgreSQL and Redis")
def test_the_cluster_s_commands_run_bare_and_become_healthy(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    with bare(tmp_path) as cluster:
        assert "User name:  admin" in cluster.run("migrate", first)
        assert "Database: up to date." in cluster.run("migrate", first)
        assert not cluster.is_healthy("server-1", first)
        cluster.start("server-1", first)
        cluster.start("server-2", second)
        cluster.start("worker", first)
        cluster.start("beat", first)
        for service, port in (("server-1", first), ("server-2", second), ("worker", first), ("beat", first)):
            wait_until(
                lambda service=service, port=port: cluster.is_healthy(service, port),  # type: ignore[misc]
                what=f"{service} healthy",
                timeout=40,
                pause=0.5,
            )
