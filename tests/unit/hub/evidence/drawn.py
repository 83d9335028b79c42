"""Hostile files drawn by lot: number N is always the same file, and of two thousand no two need be alike.

Beside those that are named one by one in :mod:`hostile`. ``good`` is ``None`` where a file may be taken in or
refused, as long as it is done in words: a text that was cut off is a text.
"""

from __future__ import annotations

import base64
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.unit.hub.evidence import hostile
from tests.unit.hub.evidence.hostile import MARK, NAMES, archive

SEED = 31
# A picture of 64 by 64 points by Apple's format, with its position in EXIF and in XMP: Pillow writes none.
HEIC = zlib.decompress(
    base64.b85decode(
        r"c-mc4O=uHQ5T3W2U#YF7T1B)(K~qz08l{Rcri-ac5Ah_lcu+T+4SkYL9^0*KMT@Caax4m-Jc!au4^_OVJ=C8|)l<<@6b~YZX"
        r"e-i7rKmN|d%FqJVc*WoH{YALZ)O$%w&koL)~{0yPz;)jaoeD34uE_zbV~(CcJycSrfUPEngwg*1kD#kl5PcLAl#C?jz+lxl0"
        r"Zgk$ON)b<h?bd3s;8HLQZ%*x(OX!Y(!4~MJ)#ZfrO_#Zc{;z)IgbE!_YxxEKfDnqQyeg%;wr`BQNsSGin*&=7f35OosXqWm*"
        r"xnji;oD%%L$sYFUCmt1Bx24f1*1u|*+uq*CDonKNYmv`k5giov#Hgsh3&36;FJ7JBwf7No6p0S>+7uYi(4zQ3D1Hy`X&@R%m"
        r"8m^TYr-bQ#m_^u+fkq$83Esf%?4UF1UR3{L?Y_OR!quL<?#8Z-F51Osi)N?LeuVn``EEN&=bv)VeNWsXeypcn#<bGfC@WUI+"
        r"mG76%P5&DGT)NP1492%d8YcaX=`U{%Ps}DiYA+tIF3<i*{46be3&MxHc2C#Wp}z8y>(ggq&A+Eo!N|zm$+>-fOZw&0;}gNrc"
        r"jR?s=H{4hesM53bNl_PaQVp7;cNH)D$V1K9leVyXWy2d;o&}~hv_s#&<lV>8pN<P;o4o^1s=CmaekYWYUrjKQms&Dti7}2(E"
        r"fu6dYoAR>6Dl;@Veu}@GbCO5UeU*c1v@>&D`Q>!sF{|)dcXnI?Q##j@t&~e?$mJsW1??kA~H3F{8)P=5REeOt572vl3C3Ohj"
        r"vYlK%kg616h"
    )
)
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="{MARK}"/></rdf:RDF>'
    "</x:xmpmeta>"
).encode()
POSITIONED = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "HEIC")


@dataclass(frozen=True)
class Drawn:
    """``says_where``: bytes of the file name a place, and nothing that the hub makes of it may."""

    what: str
    name: str
    content: bytes
    good: bool | None
    says_where: bool = False


@cache
def whole() -> dict[str, bytes]:
    """One sound file of each type, by its ending."""
    return hostile.good() | {".heic": HEIC}


def _of(draw: random.Random) -> tuple[str, bytes]:
    return draw.choice(list(whole().items()))


def cut(draw: random.Random) -> Drawn:
    ending, content = _of(draw)
    return Drawn("cut off", f"f{ending}", content[: draw.randrange(len(content))], None)


def bits(draw: random.Random) -> Drawn:
    ending, content = _of(draw)
    turned = bytearray(content)
    for _ in range(draw.choice((1, 1, 3, 20))):
        turned[draw.randrange(len(turned))] ^= 1 << draw.randrange(8)
    return Drawn("bits turned", f"f{ending}", bytes(turned), None)


def patched(draw: random.Random) -> Drawn:
    """Some bytes overwritten, taken out, put in or said twice: lengths no longer fit what they measure."""
    ending, content = _of(draw)
    at, length = draw.randrange(len(content)), draw.randrange(1, 60)
    put = draw.choice(
        (draw.randbytes(length), b"", bytes(length), b"\xff" * length, content[at : at + length] * 2)
    )
    return Drawn("patched", f"f{ending}", content[:at] + put + content[at + length :], None)


def noise(draw: random.Random) -> Drawn:
    ending, content = _of(draw)
    head = content[: draw.choice((0, 0, 2, 4, 12, 30))]
    return Drawn("noise", f"f{ending}", head + draw.randbytes(draw.randrange(1, 3000)), None)


def wrong_type(draw: random.Random) -> Drawn:
    (ending, _), (_, content) = _of(draw), _of(draw)
    return Drawn("wrong type", f"f{ending}", content, None)


def polyglot(draw: random.Random) -> Drawn:
    """Two files in one: who reads from the head sees one, who reads from the end another."""
    (ending, one), (_, other) = _of(draw), _of(draw)
    page = b"<html><script>document.title='run'</script></html>"
    parts = draw.choice(([one, other], [one, page], [page, one], [one, b"MZ" + other], [b"#!/bin/sh\n", one]))
    return Drawn("polyglot", f"f{ending}", b"".join(parts), None)


SIGNS = "\u202e\u2066\u2069\u200f\u200b\0\n\r\t/\\:*?\"<>|%;&$`'=+-@#. \u0301\ufeff\U000e0041"


def named_badly(draw: random.Random) -> Drawn:
    """Sound, under a name that would be a path, a formula, a script or another name in a careless place."""
    ending, content = _of(draw)
    made = "".join(draw.choice(SIGNS + "ab..") for _ in range(draw.randrange(1, 40)))
    name = draw.choice(
        (draw.choice(NAMES).format(ending), f"{made}{ending}", f"{made}/../..//{made}{ending}")
    )
    return Drawn("named badly", name, content, True)


def positioned(draw: random.Random) -> Drawn:
    """A picture that says where it was taken, in each of the ways in which its type can."""
    kind = draw.choice(POSITIONED)
    if kind == "HEIC":
        tail = draw.choice((b"", MARK.encode()))
        return Drawn("with a position", "p.heic", HEIC + tail, None if tail else True, True)
    size = draw.randrange(20, 200), draw.randrange(20, 200)
    made = Image.new("RGB", size, (draw.randrange(200), draw.randrange(200), 9))
    exif = Image.Exif()
    exif[0x0112] = draw.randrange(1, 9)
    exif[0x010E], exif[0x8298] = f"Seen at {MARK}", MARK
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.1), 3: "W", 4: (0.0, 7.0, 39.0)})
    out = io.BytesIO()
    match kind:
        case "JPEG":
            made.save(out, kind, exif=exif, xmp=XMP, comment=MARK.encode())
            content = _with_iptc(out.getvalue())
        case "MPO":
            made.save(out, kind, exif=exif, save_all=True, append_images=[made.rotate(90)])
            content = out.getvalue()
        case "PNG":
            text = PngInfo()
            text.add_itxt("XML:com.adobe.xmp", XMP.decode())
            text.add_text("Location", MARK, zip=draw.random() < 0.3)
            made.save(out, kind, exif=exif, pnginfo=text)
            content = out.getvalue()
        case "WEBP":
            made.save(out, kind, exif=exif, xmp=XMP, lossless=draw.random() < 0.5)
            content = out.getvalue()
        case _:
            made.save(out, kind, comment=MARK.encode())
            content = (
                out.getvalue()[:-1] + b"\x21\xff\x0bXMP DataXMP" + XMP + bytes(range(255, -1, -1)) + b"\0;"
            )
    name = (
        f"p.{draw.choice(('jpg', 'png', 'webp', kind.lower().replace('mpo', 'jpg').replace('jpeg', 'jpg')))}"
    )
    good: bool | None = True if kind != "GIF" else None
    return Drawn("with a position", name, content + draw.choice((b"", XMP)), good, True)


def _with_iptc(jpeg: bytes) -> bytes:
    """A camera's third way of saying where: APP13, record 2, city."""
    said = b"\x1c\x02\x5a" + struct.pack(">H", len(MARK)) + MARK.encode()
    block = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(said)) + said + b"\0" * (len(said) % 2)
    )
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + jpeg[2:]


def huge(draw: random.Random) -> Drawn:
    """A small file that says it is a picture larger than the hub draws."""
    wide, high = draw.randrange(9_000, 65_000), draw.randrange(9_000, 65_000)
    kind = draw.choice(("png", "gif", "jpg", "webp", "pdf"))
    size = struct.pack(">II", wide, high)
    if kind == "png":
        content = bytearray(hostile.picture("PNG", (8, 8)))
        content[16:24] = size
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    elif kind == "gif":
        content = bytearray(hostile.picture("GIF", (8, 8)))
        content[6:10] = struct.pack("<HH", wide, high)
    elif kind == "jpg":
        content = bytearray(hostile.picture("JPEG", (8, 8)))
        at = content.find(b"\xff\xc0")
        content[at + 5 : at + 9] = struct.pack(">HH", high, wide)
    elif kind == "webp":
        content = bytearray(hostile.picture("WEBP", (8, 8)))
        at = content.find(b"\x9d\x01\x2a")
        content[at + 3 : at + 7] = struct.pack("<HH", wide & 0x3FFF | 0x2000, high & 0x3FFF | 0x2000)
    else:
        return Drawn("huge", "h.pdf", _pdf(draw, box=(0, 0, wide * 10_000, high * 10_000)), None)
    return Drawn("huge", f"h.{kind}", bytes(content), False)


def _pdf(draw: random.Random, box: Sequence[float] = (0, 0, 90, 120)) -> bytes:
    """A PDF with something in it that acts by itself, or that is not as it should be."""
    out, name = io.BytesIO(), pikepdf.Name
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(90, 120))
        made.pages[0].MediaBox = pikepdf.Array(list(box))
        acts = {
            "JavaScript": {"S": name.JavaScript, "JS": pikepdf.String("app.alert(1)")},
            "Launch": {"S": name.Launch, "F": pikepdf.String("/bin/sh")},
            "URI": {"S": name.URI, "URI": pikepdf.String(f"https://example.org/?{MARK}")},
            "Submit": {"S": name.SubmitForm, "F": pikepdf.String("https://example.org/")},
        }
        act = made.make_indirect(pikepdf.Dictionary(**acts[draw.choice(list(acts))]))
        made.Root.OpenAction = act
        made.pages[0].AA = pikepdf.Dictionary(O=act)
        made.docinfo["/Location"] = MARK
        wrong = draw.randrange(6)
        if wrong == 0:
            made.pages[0].Contents = made.make_stream(b"q " * draw.randrange(1, 200_000))
        elif wrong == 1:
            made.pages[0].Contents = pikepdf.Array([made.pages[0].obj])
        elif wrong == 2:
            made.attachments["../../x.exe"] = pikepdf.AttachedFileSpec(made, b"MZ" + MARK.encode())
        elif wrong == 3:
            made.Root.AcroForm = pikepdf.Dictionary(
                Fields=pikepdf.Array([made.Root]), XFA=pikepdf.String("x")
            )
        elif wrong == 4:
            made.Root.Outlines = made.make_indirect(pikepdf.Dictionary(First=made.Root, Last=made.Root))
        made.save(out, object_stream_mode=draw.choice(list(pikepdf.ObjectStreamMode)))
    return out.getvalue()


def document(draw: random.Random) -> Drawn:
    """A malformed PDF."""
    content = _pdf(draw)
    match draw.randrange(6):
        case 0:
            content = content.replace(b"startxref", b"startxxxx")
        case 1:
            content = b"\n" * draw.randrange(1, 2000) + content
        case 2:
            content = content.replace(b"/Count 1", b"/Count 999999999")
        case 3:
            content = content.replace(b"/Type /Pages", b"/Type /Catalog")
        case 4:
            content = content[: draw.randrange(len(content))] + b"%%EOF"
        case _:
            pass
    return Drawn("PDF", "d.pdf", content, None, True)


def packed(draw: random.Random) -> Drawn:
    """An archive that lies, that is too much, or whose names are paths."""
    path = draw.choice(NAMES).format(".txt").replace("\0", "")
    ending = draw.choice((".zip", ".docx", ".xlsx", ".odt"))
    office = (
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", b"<w/>"),
        ("xl/workbook.xml", b"<w/>"),
    )
    which = draw.randrange(9)
    if which == 0:
        inner = archive((path, b"x" * draw.randrange(9000)))
        for _ in range(draw.randrange(1, 6)):
            inner = archive(("inner.zip", inner))
        return Drawn("nested archive", "n.zip", inner, True)
    if which == 1:
        return Drawn("archive bomb", f"b{ending}", archive(*office, ("a", bytes(11_000_000))), False)
    if which == 2:
        return Drawn("names with paths", "p.zip", archive((path, b"a"), (f"/{path}", b"b")), True)
    if which == 3:
        few = draw.randrange(301, 400)
        return Drawn("many entries", f"m{ending}", archive(*((f"../{n}", b"") for n in range(few))), False)
    if which == 4:
        macro = draw.choice(("word/vbaProject.bin", "xl/VBAPROJECT.BIN", "../vbaproject.bin"))
        return Drawn("macros", f"o{draw.choice(('.docx', '.xlsx'))}", archive(*office, (macro, b"x")), False)
    if which == 5:
        lying = bytearray(archive(*office, ("a.bin", draw.randbytes(500))))
        for signature, at in (
            (b"PK\x01\x02", draw.choice((16, 20, 24, 42))),
            (b"PK\x03\x04", draw.choice((18, 22))),
        ):
            place = lying.find(signature) + at
            lying[place : place + 4] = draw.randbytes(4)
        return Drawn("lying archive", f"l{ending}", bytes(lying), None)
    if which == 6:
        # Each entry of the list names one and the same part: what is unpacked is many times what is there.
        one = archive(("a", bytes(400_000)))
        local, rest = one[: one.find(b"PK\x01\x02")], one[one.find(b"PK\x01\x02") :]
        entry, end = rest[: rest.find(b"PK\x05\x06")], bytearray(rest[rest.find(b"PK\x05\x06") :])
        number = draw.randrange(30, 250)
        end[8:12] = struct.pack("<HH", number, number)
        end[12:16] = struct.pack("<I", len(entry) * number)
        return Drawn("parts that are one", f"o{ending}", local + entry * number + bytes(end), False)
    if which == 7:
        method = draw.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as made:
            made.writestr("a", draw.randbytes(700))
        content = bytearray(out.getvalue())
        content[draw.randrange(30, 700)] ^= 255
        return Drawn("damaged parts", f"d{ending}", bytes(content), None)
    remote = (
        b'<Relationships><Relationship Type="attachedTemplate" TargetMode="External" '
        b'Target="https://example.org/x.dotm"/></Relationships>'
    )
    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    parts = (
        ("word/_rels/settings.xml.rels", remote),
        ("word/document.xml", entity),
        ("xl/workbook.xml", b"<"),
    )
    return Drawn("Office file", "o.docx", archive(office[0], *parts), True)


def text(draw: random.Random) -> Drawn:
    """A text, table, XML, JSON or email that is wrong in itself."""
    name, content, good = draw.choice(
        (
            ("d.json", b"[" * draw.randrange(2_000, 90_000), False),
            ("n.json", b'{"a": ' + b"9" * draw.randrange(4_400, 9_000) + b"}", None),
            ("s.json", b'{"a": "\\ud800", "a": NaN, "": -1e999}', None),
            ("e.xml", b"<!DOCTYPE a [" + b"<!ENTITY x 'yy'>" * 9 + b"]><a>&x;</a>", False),
            ("x.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', False),
            ("d.xml", b"<a>" * draw.randrange(2_000, 30_000), False),
            ("a.xml", b"<a b='" + b"c" * 300_000 + b"'/>", None),
            ("f.csv", b'"' + b"x" * draw.randrange(140_000, 200_000) + b'"\n', False),
            ("c.csv", b"=cmd|'/c calc'!A0,@SUM(1),+1,-1\n" * 9, True),
            ("z.txt", b"a\0b" * draw.randrange(1, 900), False),
            ("l.jsonl", b'{"a":1}\n' * 50 + draw.choice((b"{", b"]", b"\xff")), False),
            ("u.txt", "\ufeff\u202e txt.exe \u2066\U0001f600".encode("utf-16") + b"\xd8", None),
            (
                "m.eml",
                b"From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 900,
                True,
            ),
            ("h.eml", b"From: " + b"=?x-unknown?b?////?= " * 400 + b"\r\n\r\nx", None),
            (
                "r.eml",
                b"From: a\r\nContent-Type: text/plain; charset*0*=%%%; name*=utf-8''..%2f..%2fx.exe\r\n\r\nx",
                None,
            ),
            ("t.eml", b"Date: not a day\r\nMessage-ID: <<<\r\nContent-Type: ;;;\r\n\r\nx", None),
        )
    )
    return Drawn("wrong in itself", name, content, good)


def sound(draw: random.Random) -> Drawn:
    """Boxes, pages and frames that are longer than the file, name themselves, or never end."""
    ending = draw.choice((".mp4", ".ogg", ".wav", ".mp3"))
    content = bytearray(whole()[ending])
    at = draw.choice((0, 4, 16, 22, 24, 26, 40)) % len(content)
    content[at : at + 4] = draw.choice(
        (b"\0\0\0\0", b"\0\0\0\1", b"\xff\xff\xff\xff", b"\0\0\0\x08", b"\x7f" * 4)
    )
    return Drawn("lengths that lie", f"s{ending}", bytes(content), None)


MAKERS: tuple[Callable[[random.Random], Drawn], ...] = (
    *(cut, bits, patched, noise, wrong_type, polyglot, named_badly),
    *(positioned, positioned, huge, document, packed, packed, text, sound),
)


def one(number: int) -> Drawn:
    """Return the file of this number: the same on every machine and every day."""
    draw = random.Random(f"{SEED}:{number}")
    return MAKERS[number % len(MAKERS)](draw)


def several(numbers: Sequence[int]) -> Iterator[tuple[int, Drawn]]:
    for number in numbers:
        yield number, one(number)
