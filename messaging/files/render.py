"""A program, run by `previews` for one picture: decodes it, makes it small, writes it as WebP to standard output.

It has a process of its own, whose memory and time the kernel bounds, because decoders of pictures are where
hostile files do their work. It knows nothing of the site: neither settings, nor the database, nor any secret.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

MEMORY_BYTES = 1024 * 2**20
CPU_SECONDS = 20
MOST_PIXELS = 40_000_000
SIDE = 960
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def main(path: str) -> None:
    """Write the preview of the picture at `path`. Raises whatever a broken file makes Pillow raise."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    picture: Image.Image = Image.open(path, formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError("too many pixels")
    picture.draft("RGB", (SIDE, SIDE))  # a JPEG need not be decoded at full size
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((SIDE, SIDE))
    made = io.BytesIO()
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    picture.convert(mode).save(made, "WEBP", quality=80, exif=b"", icc_profile=b"", xmp=b"")
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    main(sys.argv[1])
