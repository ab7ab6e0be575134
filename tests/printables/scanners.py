"""Two scanners that read the codes of a printed page: zxing-cpp, and zbar as a second opinion."""

import ctypes
import ctypes.util
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

_GREY = int.from_bytes(b"Y800", "little")
_QR_CODE, _ENABLE = 64, 0


def rasterised(pdf: bytes, dpi: int, folder: Path) -> Iterator[Image.Image]:
    """The pages of a file in grey, as a printer of this resolution would see them."""
    file = folder / f"printed-{dpi}.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), file, folder / f"page-{dpi}"], check=True)
    for page in sorted(folder.glob(f"page-{dpi}-*.pgm")):
        with Image.open(page) as image:
            image.load()
        page.unlink()
        yield image


def zxing(image: Image.Image) -> list[str]:
    """The texts of all codes that zxing-cpp finds."""
    return [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def has_zbar() -> bool:
    """Whether the library of zbar is installed."""
    return ctypes.util.find_library("zbar") is not None


def zbar(image: Image.Image) -> list[str]:
    """The texts of all codes that zbar finds."""
    library, scanner = _zbar()
    pixels = image.tobytes()
    held = library.zbar_image_create()
    try:
        library.zbar_image_set_format(held, _GREY)
        library.zbar_image_set_size(held, *image.size)
        library.zbar_image_set_data(held, pixels, len(pixels), None)
        library.zbar_scan_image(scanner, held)
        found = []
        symbol = library.zbar_image_first_symbol(held)
        while symbol:
            length = library.zbar_symbol_get_data_length(symbol)
            found.append(ctypes.string_at(library.zbar_symbol_get_data(symbol), length).decode())
            symbol = library.zbar_symbol_next(symbol)
        return found
    finally:
        library.zbar_image_destroy(held)


@cache
def _zbar() -> tuple[Any, Any]:
    library = ctypes.CDLL(ctypes.util.find_library("zbar"))
    handle, number, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    for name, result, arguments in (
        ("zbar_image_scanner_create", handle, ()),
        ("zbar_image_scanner_set_config", number, (handle, number, number, number)),
        ("zbar_image_create", handle, ()),
        ("zbar_image_destroy", None, (handle,)),
        ("zbar_image_set_format", None, (handle, size)),
        ("zbar_image_set_size", None, (handle, ctypes.c_uint, ctypes.c_uint)),
        ("zbar_image_set_data", None, (handle, ctypes.c_char_p, size, handle)),
        ("zbar_scan_image", number, (handle, handle)),
        ("zbar_image_first_symbol", handle, (handle,)),
        ("zbar_symbol_get_data", handle, (handle,)),
        ("zbar_symbol_get_data_length", ctypes.c_uint, (handle,)),
        ("zbar_symbol_next", handle, (handle,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    scanner = library.zbar_image_scanner_create()
    library.zbar_image_scanner_set_config(scanner, 0, _ENABLE, 0)  # no other kind of code
    library.zbar_image_scanner_set_config(scanner, _QR_CODE, _ENABLE, 1)
    return library, scanner
