"""Files in a bucket that speaks S3, in place of a folder. Imported only where `FILES_URL` names one."""

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage


class BucketFile(File):  # type: ignore[type-arg]  # not subscriptable at run time
    """A file in the bucket, read as it comes: from wherever `seek` was called, never whole in memory or on the disk."""

    def __init__(self, name: str, kept: Any) -> None:
        super().__init__(None, name)
        self._kept = kept
        self._body: Any = None
        self._at = 0

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self._kept.content_length)

    @property
    def closed(self) -> bool:
        """Never: what is read again is asked for again."""
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go on reading from there, counted from the beginning."""
        assert whence == 0
        if offset != self._at:
            self.close()
            self._at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        """The next bytes, b"" at the end."""
        if self._at >= self.size:
            return b""
        if self._body is None:
            self._body = self._kept.get(Range=f"bytes={self._at}-")["Body"]
        part: bytes = self._body.read(size if size >= 0 else None)
        self._at += len(part)
        return part

    def close(self) -> None:
        """Let go of the connection."""
        if self._body is not None:
            self._body.close()
            self._body = None


class BucketStorage(S3Storage):  # type: ignore[misc]  # the library has no types
    """Django's storage over a bucket: small memory both ways, and an answer within bounded time."""

    def get_default_settings(self) -> dict[str, Any]:
        """Without those that the library would look for in Django's settings."""
        return {
            **super().get_default_settings(),
            "default_acl": None,
            "file_overwrite": True,  # keys are random
            # One part at a time: ten threads would hold eight megabytes each.
            "transfer_config": TransferConfig(use_threads=False),
            "client_config": Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=30,
                retries={"total_max_attempts": 3, "mode": "standard"},
                max_pool_connections=20,
                # Servers other than Amazon's know no newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }

    def _open(self, name: str, mode: str = "rb") -> BucketFile:
        """The file, if it is there. Raises `FileNotFoundError`."""
        assert mode == "rb"
        kept = self.bucket.Object(self._normalize_name(name))
        try:
            kept.load()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
        return BucketFile(name, kept)
