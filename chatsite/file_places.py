"""Where files are kept: a folder, or a bucket that speaks S3."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMES = ("s3", "s3+http")


def from_url(url: str, *, folder: Path) -> dict[str, Any]:
    """Django's storage for `s3://key:secret@host/bucket?region=…` (`s3+http://` without TLS), or for the folder.

    Raises `ValueError`.
    """
    if not url:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": folder,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if not parts.hostname or not bucket or "/" in bucket:
        raise ValueError("names no bucket: it reads s3://key:secret@host/bucket")
    if not parts.username or not parts.password:
        raise ValueError("has no key and secret: it reads s3://key:secret@host/bucket")
    port = f":{parts.port}" if parts.port else ""
    return {
        "BACKEND": "chatsite.bucket.BucketStorage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{parts.hostname}{port}",
            "region_name": parse_qs(parts.query).get("region", ["us-east-1"])[0],
        },
    }
