"""PDFs that mean harm, or were broken on the way. Each is made in memory, from a few lines."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator

from tests.builders.pdfs import plain_paper, pymupdf, small_paper


def raw_pdf(objects: list[bytes], root: int = 1) -> bytes:
    """A PDF of numbered objects, as they are, with a right cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, table)
    return bytes(out)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), extra, data)


def packed(chunk: bytes, times: int) -> bytes:
    """`chunk` over and over, deflated."""
    squeeze = zlib.compressobj(1)
    return b"".join(squeeze.compress(chunk) for _ in range(times)) + squeeze.flush()


def one_page(content: bytes, resources: bytes = b"", more: list[bytes] | None = None, page: bytes = b"") -> bytes:
    """A page with that content stream object; further objects count from 6."""
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R%s"
            b"/Resources<</Font<</F1 5 0 R>>%s>>>>" % (page, resources),
            content,
            b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
            *(more or []),
        ]
    )


def nested_forms(levels: int = 13, fan: int = 10) -> bytes:
    """Forms that draw ten forms each, thirteen levels deep: 10^13 lines of text in 3 KB."""
    forms = []
    for level in range(levels):
        last = level == levels - 1
        body = b"BT /F1 10 Tf 72 700 Td (again) Tj ET" if last else b"/X0 Do " * fan
        link = b"" if last else b"/XObject<</X0 %d 0 R>>" % (7 + level)
        forms.append(
            stream(body, b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>%s>>" % link)
        )
    return one_page(stream(b"/X0 Do"), b"/XObject<</X0 6 0 R>>", forms)


def flate_bomb(megabytes: int = 300) -> bytes:
    """A content stream of spaces, deflated twice."""
    inner = packed(b" " * 1_000_000, megabytes)
    return one_page(stream(zlib.compress(inner), b"/Filter[/FlateDecode/FlateDecode]"))


def glyph_bomb(millions: int = 6) -> bytes:
    """One page with millions of letters."""
    line = b"BT /F1 10 Tf 72 700 Td (" + b"A" * 1000 + b") Tj ET\n"
    return one_page(stream(packed(line * 100, millions * 10), b"/Filter/FlateDecode"))


def path_bomb(millions: int = 20) -> bytes:
    """One page with millions of path operators."""
    return one_page(stream(packed(b"1 1 m 2 2 l S\n" * 10_000, millions * 100), b"/Filter/FlateDecode"))


def many_links(count: int = 300_000) -> bytes:
    """One page with a link annotation for every reader in a town."""
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.org/%d)>>>>"
    annotations = b"/Annots[" + b"".join(link % i for i in range(count)) + b"]"
    return one_page(stream(b"BT /F1 10 Tf 72 700 Td (links) Tj ET"), page=annotations)


def page_tree_loop() -> bytes:
    """A page tree whose child is its own parent."""
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>"])


def lying_count() -> bytes:
    """A page tree that says a thousand million pages and has one."""
    good = one_page(stream(b"BT /F1 10 Tf 72 700 Td (one) Tj ET"))
    return good.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R]/Count 1000000000")


def outline_loop() -> bytes:
    """An outline whose entry follows itself."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        stream(b"BT /F1 10 Tf 72 700 Td (Some words of a page that is otherwise in good order.) Tj ET"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
        b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 9>>",
        b"<</Title(Again)/Parent 6 0 R/Next 7 0 R/First 7 0 R/Dest[3 0 R/Fit]>>",
    ]
    return raw_pdf(objects)


def _picture(extra: bytes, data: bytes) -> bytes:
    return one_page(
        stream(b"q 600 0 0 700 0 0 cm /I0 Do Q BT /F1 10 Tf 72 700 Td (text) Tj ET"),
        b"/XObject<</I0 6 0 R>>",
        [stream(data, b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8" + extra)],
    )


def giant_image() -> bytes:
    """A picture of 60,000 by 60,000 pixels in a few bytes."""
    return _picture(b"/Width 60000/Height 60000/Filter/FlateDecode", packed(b"\0" * 100_000, 10))


def garbage_image(kind: str) -> bytes:
    """A picture in a format that is hard to decode, filled with noise."""
    noise = random.Random(7).randbytes(4000)
    return _picture(b"/Width 500/Height 500/Filter/%s" % kind.encode(), noise)


def deep_arrays(depth: int = 100_000) -> bytes:
    """Arrays within arrays where the page's resources should be."""
    return one_page(stream(b"BT /F1 10 Tf 72 700 Td (deep) Tj ET"), b"/Deep " + b"[" * depth + b"]" * depth)


def many_states(count: int = 500_000) -> bytes:
    """Graphics states saved and never restored."""
    return one_page(stream(packed(b"q " * 1000, count // 1000), b"/Filter/FlateDecode"))


def locked() -> bytes:
    """A good paper that asks for a password."""
    document = pymupdf.open(stream=plain_paper({"Abstract": "Secret."}), filetype="pdf")
    data: bytes = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own")
    return data


def scanned(pages: int = 2) -> bytes:
    """Pages that are pictures of pages."""
    document = pymupdf.open()
    grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 80), False)
    grey.clear_with(200)
    for _ in range(pages):
        page = document.new_page()
        page.insert_image(page.rect, pixmap=grey)
    data: bytes = document.tobytes()
    return data


HEAVY: dict[str, Callable[[], bytes]] = {
    "nested forms": nested_forms,
    "glyph bomb": glyph_bomb,
    "path bomb": path_bomb,
}
ODD: dict[str, Callable[[], bytes]] = {
    "flate bomb": flate_bomb,
    "300,000 links": many_links,
    "page tree loop": page_tree_loop,
    "lying page count": lying_count,
    "outline loop": outline_loop,
    "giant image": giant_image,
    "JBIG2 garbage": lambda: garbage_image("JBIG2Decode"),
    "JPX garbage": lambda: garbage_image("JPXDecode"),
    "deep arrays": deep_arrays,
    "many states": many_states,
    "random bytes": lambda: b"%PDF-1.7\n" + random.Random(3).randbytes(20_000),
}


def mutations(count: int, seed: int = 0, good: bytes | None = None) -> Iterator[bytes]:
    """Good papers with bytes flipped, pieces lost, doubled or moved, and numbers blown up."""
    good = small_paper() if good is None else good
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(data))
            piece = chance.randint(1, 200)
            match chance.randrange(5):
                case 0:
                    data[at] ^= 1 << chance.randrange(8)
                case 1:
                    del data[at : at + piece]
                case 2:
                    data[at:at] = data[at : at + piece]
                case 3:
                    data[at : at + piece] = chance.randbytes(piece)
                case _:
                    digit = next((i for i in range(at, min(at + 400, len(data))) if 48 <= data[i] <= 57), at)
                    data[digit : digit + 1] = chance.choice((b"-1", b"0", b"99999999", b"2147483648", b"4294967296"))
        yield bytes(data)
