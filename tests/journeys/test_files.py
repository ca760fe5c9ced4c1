"""Files through real servers: sent to one, fetched from the other, made small by a worker, refused in time."""

import io
import struct
import zlib
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image

from tests.support.deployments import Deployment
from tests.support.people import ALICE, BOB, MALLORY
from tests.support.processes import wait_until
from tests.support.rest import ApiError, Rest

FORM = "multipart/form-data; boundary=tide"
HEAD = b'--tide\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n'
END = b"\r\n--tide--\r\n"
MEBIBYTE = bytes(2**20)
TOO_LARGE = 101


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").resize((1600, 800)).convert("RGB").save(made, "JPEG", quality=95)
    return made.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large; of its pixels few follow, packed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(MEBIBYTE, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def form(name: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield HEAD % name
    yield from parts
    yield END


def post(rest: Rest, room: str, parts: Iterator[bytes]) -> httpx.Response:
    """An upload that does not say how large it is: it goes in chunks."""
    headers = {"Content-Type": FORM}
    return rest.http.post(f"rooms/{room}/attachments/", content=parts, headers=headers)


def test_files_go_to_one_server_and_come_from_the_other(site: Deployment) -> None:
    alice, bob, mallory = (site.person(role) for role in (ALICE, BOB, MALLORY))
    room = site.open_room(alice, [bob])
    with site.rest(alice) as hers, site.rest(bob, at=-1) as his, site.rest(mallory, at=-1) as others:
        chunked = post(hers, room, form(b"tides.bin", (MEBIBYTE for _ in range(3))))
        assert (chunked.status_code, chunked.json()["size"]) == (201, 3 * 2**20)
        picture = hers.upload(room, jpeg(), "quay.jpg")
        bombs = [
            hers.upload(room, png_of(20_000, 20_000), "vast.png"),
            hers.upload(room, b"GIF89a" + b"\xff\xff\xff\xff<script>alert(1)</script>", "polyglot.gif"),
        ]
        assert (picture["width"], picture["height"], "preview_url" in bombs[0]) == (1600, 800, False)
        for file in (chunked.json(), picture, *bombs):
            assert his.fetch(room, file["id"]) is None
        hers.send(room, "look", files=[chunked.json()["id"], picture["id"], *(bomb["id"] for bomb in bombs)])
        assert his.fetch(room, chunked.json()["id"]) == bytes(3 * 2**20)
        assert his.fetch(room, picture["id"]) == jpeg()
        small = f"{picture['id']}/preview"
        wait_until(lambda: his.fetch(room, small) is not None, what="the preview is made", pause=0.05)
        preview = his.fetch(room, small)
        assert preview is not None
        assert Image.open(io.BytesIO(preview)).size == (960, 480)
        # The picture's bombs came after it: the worker has met them by the time that another is small.
        last = hers.upload(room, jpeg(), "pier.jpg")
        wait_until(
            lambda: hers.fetch(room, f"{last['id']}/preview") is not None, what="the next preview is made"
        )
        assert [his.fetch(room, f"{bomb['id']}/preview") for bomb in bombs] == [None] * 2
        assert others.fetch(room, picture["id"]) is None


def test_what_is_too_large_or_no_file_is_refused_in_clear_words(site: Deployment) -> None:
    alice = site.person(ALICE)
    room = site.open_room(alice)
    with site.rest(alice) as hers:
        endless = post(hers, room, form(b"tides.bin", (MEBIBYTE for _ in range(TOO_LARGE))))
        error = endless.json()["error"]
        assert (endless.status_code, error["code"], error["field"]) == (413, "too_large", "file")
        for name, content in (
            ("empty.txt", b""),
            ("quay.png", b"<html><script>"),
            ("a.pdf", b"MZ" + bytes(99)),
        ):
            with pytest.raises(ApiError) as refused:
                hers.upload(room, content, name)
            assert (refused.value.status, refused.value.error["field"]) == (400, "file"), name
        names = {
            f"{'n' * 500}.txt": f"{'n' * 155}….txt",
            "../../etc/passwd": "passwd",
            "a\u202egpj.exe": "agpj.exe",
            "...": "file",
        }
        for given, kept in names.items():
            assert hers.upload(room, b"tides", given)["name"] == kept
