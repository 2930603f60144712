"""Files as people send them, good and bad, made when they are asked for."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def pdf(*, pages: int = 1, root: dict | None = None, seed: str = "", **saved) -> bytes:
    """A PDF of empty pages; ``root`` adds to its catalogue, ``seed`` makes it another file."""
    document, target = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        document.add_blank_page()
    document.docinfo["/Title"] = seed
    for key, value in (root or {}).items():
        document.Root[key] = document.make_indirect(value)
    # The same call gives the same bytes, but for what is encrypted.
    document.save(target, deterministic_id="encryption" not in saved, **saved)
    return target.getvalue()


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def locked() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="o", user="u"))


def restricted() -> bytes:
    """Opens without a password, and forbids copying: as language certificates come."""
    return pdf(encryption=pikepdf.Encryption(owner="o", user="", allow=pikepdf.Permissions(extract=False)))


def with_file_inside() -> bytes:
    document, target = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.attachments["payload.exe"] = b"MZ"
    document.save(target)
    return target.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **saved) -> bytes:
    target = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(target, kind, **saved)
    return target.getvalue()


def photograph() -> bytes:
    """Taken with a telephone held upright: lying on its side, with the place, the camera, a remark."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (IFDRational(38), IFDRational(44), IFDRational(12))}
    return picture(exif=exif, comment=b"SecretRemark", xmp=b"<x>SecretPlace</x>")


def bomb() -> bytes:
    """A picture of 900 million pixels in a file of a tenth of a megabyte."""
    target = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG")
    return target.getvalue()
