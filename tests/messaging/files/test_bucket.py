"""Files in a bucket: the same promises, against a server that speaks S3."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from moto.server import ThreadedMotoServer

from chatsite import file_places
from chatsite.accounts.models import User
from messaging.files import store
from messaging.models import Leftover
from rooms.models import Room
from tests.support.http import caller

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket="parley")
    yield f"s3+http://key:secret@{host}:{port}/parley"
    server.stop()


@pytest.fixture
def bucket(server: str, settings: Any, tmp_path: Any) -> None:
    """Makes the site keep its files there, by the setting that a site has."""
    place = file_places.from_url(server, folder=tmp_path)
    settings.STORAGES = {**settings.STORAGES, "default": place}


def test_a_file_in_a_bucket_is_sent_fetched_in_ranges_and_erased(room: Room, bob: User, bucket: None) -> None:
    assert type(storages["default"]).__name__ == "BucketStorage"
    bobs = caller(bob)
    content = bytes(range(256)) * 40_000  # more than one part of an upload, and of an answer
    sent = bobs.upload(room.id, content, "tides.bin")
    assert sent.status == 201
    path = f"rooms/{room.id}/attachments/{sent.body['id']}/"
    assert bobs.get(path).raw == content
    part = bobs.get(path, Range="bytes=300000-700000")
    assert (part.status, part.raw) == (206, content[300_000:700_001])
    seq = bobs.post(f"rooms/{room.id}/messages/", {"text": "", "attachments": [sent.body["id"]]}).body["seq"]
    bobs.delete(f"rooms/{room.id}/messages/{seq}/", Idempotency_Key=str(uuid.uuid4()))
    (key,) = Leftover.objects.values_list("key", flat=True)
    assert default_storage.exists(key)
    assert store.erase_leftovers() == 1
    assert not default_storage.exists(key)
    with pytest.raises(FileNotFoundError):
        store.open_file(key)


def test_a_bucket_that_is_away_is_told_as_such(room: Room, bob: User, settings: Any, tmp_path: Any) -> None:
    nobody_there = file_places.from_url("s3+http://key:secret@127.0.0.1:9/parley", folder=tmp_path)
    settings.STORAGES = {**settings.STORAGES, "default": nobody_there}
    assert caller(bob).upload(room.id, b"x").refusal == (503, "overloaded", None)
    with pytest.raises(store.FilesAway):
        store.open_file("files/aa/aa")
    with pytest.raises(store.FilesAway):
        store.put(ContentFile(b"x"))


@pytest.mark.parametrize(
    "url", ["s3://host/bucket", "s3://k:s@host", "s3://k:s@host/a/b", "s3://k:s@/bucket"]
)
def test_an_address_without_a_bucket_or_a_key_is_refused(url: str, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="it reads s3://key:secret@host/bucket"):
        file_places.from_url(url, folder=tmp_path)
