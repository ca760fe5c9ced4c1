"""The page's files: how they are served, and how their names get their hash."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.files.base import ContentFile
from django.test import AsyncClient, Client

from chatsite.static_files import HashedStorage, as_served
from tests.support.sites import PROJECT

CSS = "css/base.css"


def source(name: str) -> bytes:
    """The file as it is written."""
    return Path(str(find(name))).read_bytes()


async def test_a_file_is_served_whole_by_the_asynchronous_handler() -> None:
    response = await AsyncClient().get(f"/static/{CSS}")
    assert response.status_code == 200
    assert response.content == source(CSS)
    assert response["Content-Type"] == 'text/css; charset="utf-8"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == len(response.content)


def test_and_by_the_synchronous_one() -> None:
    assert Client().get(f"/static/{CSS}").content == source(CSS)


async def test_a_part_a_head_and_an_unchanged_file_are_answered_as_such() -> None:
    client = AsyncClient()
    part = await client.get(f"/static/{CSS}", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, source(CSS)[2:6])
    head = await client.head(f"/static/{CSS}")
    assert (head.status_code, head.content) == (200, b"")
    unchanged = await client.get(f"/static/{CSS}", headers={"If-None-Match": head["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize("path", ["../chatsite/settings.py", "%2e%2e/manage.py", "css/", "css/none.css"])
async def test_nothing_else_is_served(path: str) -> None:
    response = await AsyncClient().get(f"/static/{path}")
    assert response.status_code == 404


def storage_with(folder: Path, **files: str) -> HashedStorage:
    """A storage that has collected these files (`.js` each)."""
    storage = HashedStorage(location=folder, base_url="/static/")
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    for name, _, processed in storage.post_process({f"{name}.js": (storage, f"{name}.js") for name in files}):
        assert not isinstance(processed, Exception), (name, processed)
    return storage


def test_a_file_is_stored_under_its_hash_and_compressed(tmp_path: Path) -> None:
    storage = storage_with(tmp_path, a="export const a = 1;\n" * 100)
    name = storage.stored_name("a.js")
    assert re.fullmatch(r"a\.[0-9a-f]{12}\.js", name)
    assert storage.url("a.js") == f"/static/{name}"
    assert (tmp_path / f"{name}.gz").exists()


def test_before_anything_was_collected_a_file_has_its_own_name(tmp_path: Path) -> None:
    assert not settings.DEBUG
    assert HashedStorage(location=tmp_path, base_url="/static/").url(CSS) == f"/static/{CSS}"


def test_after_that_a_file_that_was_forgotten_is_an_error(tmp_path: Path) -> None:
    storage = storage_with(tmp_path, a="1;\n")
    with pytest.raises(ValueError, match="forgotten"):
        storage.url("forgotten.js")


def test_our_own_modules_are_stored_as_served_and_others_as_they_are(tmp_path: Path) -> None:
    storage = HashedStorage(location=tmp_path, base_url="/static/")
    written = (
        b"/** What it is. */\nexport const a = /** @type {number} */ (1); // gone\n  // gone\n"
        b'export const b = "https://example.org"; /* kept */\n'
        b"const c = (d) => {\n  const text = `a\n  b ${d(`\n    c`, {\n    d,\n  })}\n  e`;\n};\n"
    )
    for name in ("js/view/a.js", "js/vendor/a.js"):
        storage.save(name, ContentFile(written))
    stored = (tmp_path / "js/view/a.js").read_text()
    assert stored == (
        '\nexport const a = (1);\n\nexport const b = "https://example.org"; /* kept */\n'
        "const c = (d) => {\nconst text = `a\n  b ${d(`\n    c`, {\nd,\n})}\n  e`;\n};\n"
    )
    assert (tmp_path / "js/vendor/a.js").read_bytes() == written


SAME = """
const esbuild = require("esbuild");
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const bare = (code) => esbuild.transformSync(code, { minifyWhitespace: true, legalComments: "none" }).code;
const changed = Object.keys(pairs).filter((name) => bare(pairs[name][0]) !== bare(pairs[name][1]));
process.stdout.write(JSON.stringify(changed));
"""


def test_a_module_as_served_is_the_same_code() -> None:
    modules = sorted((PROJECT / "static/js").glob("[!v]*/*.js")) + sorted(
        (PROJECT / "static/js/view").glob("*.js")
    )
    texts = {str(path): path.read_text(encoding="utf-8") for path in modules}
    assert len(texts) > 50
    pairs = {name: [text, as_served(text)] for name, text in texts.items()}
    assert all(before.count("\n") == after.count("\n") for before, after in pairs.values())
    done = subprocess.run(
        ["node", "--input-type=commonjs", "-e", SAME],
        cwd=PROJECT,
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
