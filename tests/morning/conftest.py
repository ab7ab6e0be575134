"""What a morning needs beside a server: the codes out of printed paper."""

import io
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image


def codes_on_paper(pdf: bytes, folder: Path) -> list[str]:
    """Every badge code of a PDF, read from its squares as a phone would, at 150 dots an inch."""
    source = folder / "badges.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", str(source), str(folder / "page")], check=True)
    found = []
    for page in sorted(folder.glob("page*.png")):
        with Image.open(io.BytesIO(page.read_bytes())) as image:
            found += [read.text for read in zxingcpp.read_barcodes(image)]
    return [text.rsplit("/B/", 1)[1] for text in found]
