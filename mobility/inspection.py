"""Opens a stranger's file for real, in a process of its own with little memory, little time and no files to write.

Started as a program by ``services.uploads``: the file comes on standard input. What comes back is one line of JSON,
``{"refused": code}`` or ``{"pages": number}``, and after it the bytes to keep: a PDF as it was, a picture
drawn anew without what else was in the file. It imports nothing of the portal's.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator

MEMORY_BYTES = 1536 * 1024**2
CPU_SECONDS = 10
MOST_OBJECTS = 200_000
"""Indirect objects of a PDF; a hundred scanned pages have a thousand."""

# What makes a reader of PDFs run something, or hand on another file.
RUNS = {"/JavaScript", "/Launch", "/ImportData", "/GoToE", "/RichMediaExecute"}
CARRIES = {"/JS", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
END_OF_ZIP = b"PK\x05\x06"
LAST_BYTES_OF_ZIP = 65_535 + 22
LONGEST_SIDE = 5000
"""Pixels, of a picture that is kept: an A4 page at 400 to the inch."""

# As they are drawn anew; any other becomes plain colour.
MODES = {"L", "LA", "RGB", "RGBA"}


class Refused(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """Why the file isn't taken, as a code of ``services.uploads``."""


def restrict() -> None:
    """Hold this process to what opening one file takes."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def ends_as_pdf(content: bytes) -> bool:
    """Nothing but white space after the end, and no archive that hides in it."""
    _before, mark, after = content.rpartition(b"%%EOF")
    return bool(mark) and not after.strip(b"\x00\t\n\r ") and END_OF_ZIP not in content[-LAST_BYTES_OF_ZIP:]


def pdf(content: bytes, most_pages: int) -> int:
    """How many pages it has. Raises Refused."""
    import pikepdf

    if not ends_as_pdf(content):
        raise Refused("mixed" if b"%%EOF" in content else "damaged")
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as document:
            pages = len(document.pages)
            if pages > most_pages:
                raise Refused("pages")
            if len(document.objects) > MOST_OBJECTS:
                raise Refused("complex")
            if any(acts(thing) for thing in document.objects):
                raise Refused("active")
    except pikepdf.PasswordError as error:
        raise Refused("locked") from error
    except pikepdf.PdfError as error:
        raise Refused("damaged") from error
    if not pages:
        raise Refused("damaged")
    return pages


def acts(thing: object) -> bool:
    """Whether the object, or one written inside it, runs something or carries a file."""
    import pikepdf

    for one in inside(thing):
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            kind = one.get("/S")
            if CARRIES.intersection(one.keys()) or (isinstance(kind, pikepdf.Name) and str(kind) in RUNS):
                return True
    return False


def inside(thing: object) -> Iterator[object]:
    """The object and what is written in it; what it only points to comes on its own."""
    import pikepdf

    waiting = [thing]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            found: list[object] = [one.get(key) for key in one.keys()]  # noqa: SIM118  # a PDF object, not a dict
        elif isinstance(one, pikepdf.Array):
            found = list(one)
        else:
            continue
        waiting += [item for item in found if isinstance(item, pikepdf.Object) and not item.is_indirect]


def picture(content: bytes, kind: str, most_pixels: int) -> bytes:
    """The picture upright and alone: no place, no camera, no second file behind it. Raises Refused."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as seen:
            if seen.width * seen.height > most_pixels:
                raise Refused("pixels")
            seen.verify()
        with Image.open(io.BytesIO(content), formats=[kind]) as seen:
            # A JPEG is read at a half or a quarter where that is enough.
            seen.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
            upright = ImageOps.exif_transpose(seen)
            mode = upright.mode if upright.mode in MODES else "RGBA" if "transparency" in upright.info else "RGB"
            plain = upright.convert("RGB" if kind == "JPEG" and mode != "L" else mode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("damaged") from error
    # Only the pixels go on: copying leaves comments, profiles and places behind.
    alone = Image.new(plain.mode, plain.size)
    alone.paste(plain)
    written = io.BytesIO()
    alone.save(written, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return written.getvalue()


def answer(content: bytes, kind: str, most_pages: int, most_pixels: int) -> tuple[dict[str, object], bytes]:
    try:
        if kind == "PDF":
            return {"pages": pdf(content, most_pages)}, content
        return {"pages": 1}, picture(content, kind, most_pixels)
    except Refused as refused:
        return {"refused": str(refused)}, b""
    except (MemoryError, RecursionError):
        return {"refused": "complex"}, b""


if __name__ == "__main__":
    restrict()
    told, kept = answer(sys.stdin.buffer.read(), sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + kept)
