"""Pictures of people. What is kept is never what was sent: it is decoded, cut, made small and encoded anew.

So nothing rides along: no place where a photo was taken, no second file behind the picture, no script in it.
"""

import hashlib
import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chatsite.errors import BadRequest, TooLarge

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
KINDS = ("image/jpeg", "image/png", "image/webp", "image/gif")
LARGEST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
SIDE = 256
"""Pixels: twice of what is ever shown, for dense screens."""


class NotAPicture(BadRequest):
    """Not one of `FORMATS`, or broken."""

    default_message = "This is not a picture that can be used: JPEG, PNG, WebP or GIF."


class TooManyPixels(TooLarge):
    """Decoding it would take the server's memory."""

    default_message = f"A picture has at most {MOST_PIXELS // 1_000_000} million pixels."


def make_avatar(sent: bytes) -> bytes:
    """A square WebP of `SIDE` pixels of what was sent. Raises `NotAPicture`, `TooManyPixels` and `TooLarge`."""
    if len(sent) > LARGEST_BYTES:
        raise TooLarge(_("A picture has at most {n} MB.").format(n=LARGEST_BYTES // 2**20), field="avatar")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(sent), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixels(field="avatar")
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG need not be decoded at full size
        small = ImageOps.fit(ImageOps.exif_transpose(picture), (SIDE, SIDE))
        made = io.BytesIO()
        small.convert("RGBA").save(made, "WEBP", quality=84, exif=b"", icc_profile=b"", xmp=b"")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(field="avatar") from error
    except TooLarge:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them
        raise NotAPicture(field="avatar") from error
    return made.getvalue()


def avatar_digest(image: bytes) -> str:
    """The name of an avatar in its address: another picture has another, so it may be cached for ever."""
    return hashlib.sha256(image).hexdigest()[:32]
