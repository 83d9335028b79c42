"""Files as people send them, and as nobody should: made up, named by what is wrong with them."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import random
import struct
import wave
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import pikepdf
from PIL import Image

NAMES = (
    "../../etc/passwd{}",
    "..\\..\\windows\\system32\\drivers{}",
    "=HYPERLINK(0,1){}",
    "<script>alert(1)</script>{}",
    "photo\u202egpj.exe{}",
    "'; DROP TABLE evidence_file; --{}",
    "\u0175\U0001f600 llun{}",
    "a" * 400 + "{}",
    "CON{}",
    "two\nlines\r\nX-Header: 1{}",
    ".{}",
    "%2e%2e%2f{}",
    "C:\\Users\\her\\{}",
    "null\0byte{}",
)
MARK = "51.50726"  # a position that must not come out again


@dataclass(frozen=True)
class Sample:
    """``good``: it is what its name says, and is to be taken in."""

    what: str
    name: str
    content: bytes
    good: bool


def picture(
    kind: str = "JPEG",
    size: tuple[int, int] = (120, 80),
    orientation: int = 0,
    position: bool = False,
    seed: int = 0,
) -> bytes:
    """A picture whose upper left corner is red and lower right blue, as it is to be looked at."""
    upright = Image.new("RGB", size, (200, 200, seed % 200))
    wide, high = size
    # No two of different numbers are one file.
    for bit in range(8):
        if seed >> bit & 1:
            upright.paste((0, 200, 0), (wide // 2 + 4 * bit, 0, wide // 2 + 4 * bit + 4, 4))
    upright.paste((220, 0, 0), (0, 0, wide // 3, high // 3))
    upright.paste((0, 0, 220), (wide - wide // 3, high - high // 3, wide, high))
    # A camera that was turned writes the points as it saw them, and how to turn them back.
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270, 3: Image.Transpose.ROTATE_180}
    stored = upright.transpose(back[orientation]) if orientation else upright
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if position:
        exif[0x010F] = f"Camera at {MARK}"
        exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.1), 3: "W", 4: (0.0, 7.0, 39.0)})
    out = io.BytesIO()
    with_exif = {"exif": exif} if kind in {"JPEG", "PNG", "WEBP"} else {}
    stored.save(out, kind, **with_exif)
    return out.getvalue()


def pdf(*, javascript: bool = False, attachment: bool = False, text: str = "") -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 400))
        if text:
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            page = made.pages[0]
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=made.make_indirect(font)))
            page.Contents = made.make_stream(f"BT /F1 18 Tf 40 300 Td ({text}) Tj ET".encode())
        if javascript:
            script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
            made.Root.OpenAction = made.make_indirect(script)
        if attachment:
            made.attachments["evil.exe"] = pikepdf.AttachedFileSpec(made, b"MZ" + MARK.encode())
        made.save(out)
    return out.getvalue()


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def lying_archive() -> bytes:
    """An archive whose list of contents says that a large file is small."""
    real = bytearray(archive(("a.txt", b"0" * 2_000_000)))
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = real.find(signature)
        struct.pack_into("<I", real, place + at, 10)
    return bytes(real)


def email() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Again"
    message.set_content("I know where you were.")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="../../x.exe")
    return message.as_bytes()


def table() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["day", "what"], ["1 May", "=HYPERLINK(0,1)"]])
    return text.getvalue().encode()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 9))) for n in range(4000)))
    return out.getvalue()


def film() -> bytes:
    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + kind + content

    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", b"\0" * 40) + box(b"mdat", b"\1" * 500)


def voice() -> bytes:
    return b"OggS\0\2" + bytes(8) + b"\1\0\0\0" + bytes(8) + b"\1\x13" + b"OpusHead" + bytes(11)


def mp3() -> bytes:
    return (b"\xff\xfb\x90\x00" + bytes(413)) * 3


def bomb_png() -> bytes:
    """A picture of 60,000 by 60,000 points in a few hundred bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + end

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def good() -> dict[str, bytes]:
    """One sound file of each type, by its ending."""
    document = archive(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
    book = archive(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>"))
    open_text = archive(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<o/>"))
    return {
        ".jpg": picture(position=True),
        ".png": picture("PNG", position=True),
        ".webp": picture("WEBP", position=True),
        ".gif": picture("GIF"),
        ".pdf": pdf(javascript=True, attachment=True, text="I saw you"),
        ".docx": document,
        ".xlsx": book,
        ".odt": open_text,
        ".ods": open_text,
        ".zip": archive(("_chat.txt", b"[03/10/2026, 21:14] Him: again"), ("../../x.sh", b"rm")),
        ".eml": email(),
        ".json": json.dumps({"messages": [1]}).encode(),
        ".jsonl": b'{"a": 1}\n{"b": 2}\n',
        ".csv": table(),
        ".xml": b"<smses count='1'><sms body='again'/></smses>",
        ".txt": "Dydd Llun, ŵyl\n<script>alert(1)</script>".encode(),
        ".mp4": film(),
        ".ogg": voice(),
        ".wav": sound(),
        ".mp3": mp3(),
    }


def samples(seed: int = 30) -> Iterator[Sample]:
    """More than three hundred files."""
    whole = good()
    draw = random.Random(seed)
    for ending, content in whole.items():
        yield Sample("as it should be", f"file{ending}", content, True)
        for name in NAMES:
            yield Sample("named badly", name.format(ending), content, True)
        yield Sample("empty", f"file{ending}", b"", False)
        for part in (0.1, 0.5, 0.9):
            # A text that was cut off is a text; what else survives the cut is known by its reader.
            yield Sample("cut off", f"file{ending}", content[: int(len(content) * part)], False)
        noise = bytes(draw.randrange(256) for _ in range(600))
        yield Sample("noise", f"file{ending}", noise, False)
        flipped = bytearray(content)
        for _ in range(1 + len(flipped) // 50):
            flipped[draw.randrange(len(flipped))] ^= 1 << draw.randrange(8)
        yield Sample("bits turned", f"file{ending}", bytes(flipped), False)
    for (one, content), (other, _) in itertools.product(whole.items(), list(whole.items())[:8]):
        if one != other:
            yield Sample("wrong ending", f"file{other}", content, False)
    page = b"<html><script>document.title='run'</script></html>"
    yield Sample("polyglot: JPEG and page", "p.jpg", whole[".jpg"] + page, True)
    yield Sample("polyglot: JPEG and archive", "p.jpg", whole[".jpg"] + whole[".zip"], True)
    yield Sample("polyglot: PDF behind a page", "p.pdf", page + whole[".pdf"], True)
    yield Sample("page", "page.html", page, False)
    yield Sample("drawing", "d.svg", b"<svg onload='alert(1)'/>", False)
    yield Sample("page as text", "page.txt", page, True)
    yield Sample("drawing as XML", "d.xml", b"<svg onload='alert(1)'/>", True)
    for ending in (".exe", ".js", ".hta", ".lnk", ".bat", ".docm", ".xlsm", ".iso", ".7z", ""):
        yield Sample("not on the list", f"run{ending}", b"MZ", False)
    yield Sample("picture bomb", "b.png", bomb_png(), False)
    yield Sample("archive bomb", "b.zip", archive(("a", b"\0" * 40_000_000)), False)
    yield Sample("lying archive", "b.zip", lying_archive(), False)
    yield Sample("many entries", "b.zip", archive(*((str(n), b"") for n in range(400))), False)
    macros = archive(
        ("[Content_Types].xml", b"x"), ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")
    )
    yield Sample("macros", "m.docx", macros, False)
    entity = b'<!DOCTYPE a [<!ENTITY x "yy">]><a>&x;</a>'
    yield Sample("XML with entities", "e.xml", entity, False)
    yield Sample("deep JSON", "d.json", b"[" * 200_000, False)
    yield Sample("long line", "l.txt", b"a" * 3_000_000, True)
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole[".pdf"])) as document:
        document.save(locked, encryption=pikepdf.Encryption(user="x", owner="y"))
    yield Sample("locked PDF", "l.pdf", locked.getvalue(), False)
