"""A real Chromium with a made camera, and a small server that lays our modules out as the product does."""

import http.server
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from server import assets
from tests.conftest import launch

HERE = Path(__file__).parent
CODE = "7K2QF0M9DXWYZ"
ADDRESS = f"https://MEET.EXAMPLE.ORG/B/{CODE}"
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html; charset=utf-8"}
OpenPage = Callable[..., Page]
CSP = "default-src 'self'; img-src 'self' data:; script-src 'self' 'wasm-unsafe-eval'"


class _Files(http.server.BaseHTTPRequestHandler):
    """Our pages at /, our modules and the vendor's at the addresses that the product gives them."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/")
        if path.startswith("static/v1/vendor/"):
            file = assets.vendor(*path.split("/")[3:])
        elif path.startswith("static/v1/"):
            file = assets.web("static", *path.split("/")[2:])
        else:
            file = HERE / path
        self.send_response(200 if file.is_file() else 404)
        self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        if file.is_file():
            self.wfile.write(file.read_bytes())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet; a test looks at its page, not at the log."""


@pytest.fixture(scope="package")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="package")
def strict_chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose owner does not allow the camera."""
    running = launch(playwright, "--use-fake-device-for-media-stream")
    yield running
    running.close()


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    clip = tmp_path_factory.mktemp("camera") / "badge.mjpeg"
    clip.write_bytes(b"".join(_jpeg(_badge(turned=angle)) for angle in range(-8, 9, 2)))
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    running = launch(playwright, *fake, f"--use-file-for-fake-video-capture={clip}")
    yield running
    running.close()


def _opener(chromium: Browser, port: int) -> Iterator[OpenPage]:
    """Opens pages, each in its own context, that must stay without errors and requests to other hosts."""
    contexts, wrong = list[BrowserContext](), list[str]()

    def allow(url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            wrong.append(url)

    def watch(page: Page, origin: str) -> None:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: allow(request.url, origin))

    def open_one(name: str = "page.html", *, host: str = "localhost", before: str = "", by: Browser = chromium) -> Page:
        contexts.append(by.new_context(locale="en-GB"))
        page, origin = contexts[-1].new_page(), f"http://{host}:{port}/"
        watch(page, origin)
        if before:
            page.add_init_script(before)
        page.goto(origin + name)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def open_page(chromium: Browser, port: int) -> Iterator[OpenPage]:
    """Opens pages for one test."""
    yield from _opener(chromium, port)


@pytest.fixture(scope="package")
def _open_shared(chromium: Browser, port: int) -> Iterator[OpenPage]:
    yield from _opener(chromium, port)


@pytest.fixture(scope="package")
def _shared_page(_open_shared: OpenPage) -> Page:
    return _open_shared()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of the test's own, with its own clock, permissions and keyboard."""
    return open_page()


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Runs a function body with our modules at hand: `await lib("clock")`, `await here("fake_io")`.

    A test that asks for a `page` of its own runs there, the others on one that is only loaded again.
    """
    own = "page" in request.fixturenames
    page: Page = request.getfixturevalue("page" if own else "_shared_page")
    if not own:
        page.reload()

    def body(script: str, on: Page = page, **values: object) -> Any:
        prelude = (
            "const lib = (name) => import(`/static/v1/js/lib/${name}.js`);"
            "const here = (name) => import(`/${name}.js`);"
            f"const {{ {', '.join(values)} }} = values;"
        )
        return on.evaluate(f"async (values) => {{ {prelude} {script} }}", values)

    return body


@pytest.fixture(scope="package")
def address() -> str:
    """What the badge in front of the camera says."""
    return ADDRESS


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of a badge as a phone takes it: 12 million points, a little turned, the badge small in it."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(_jpeg(_badge(turned=11, size=(4032, 3024), side=900)))
    return file


def _badge(*, turned: float = 0, size: tuple[int, int] = (640, 480), side: int = 200) -> Image.Image:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(ADDRESS)
    drawn = code.make_image().get_image().convert("RGB").resize((side, side)).convert("RGBA")
    drawn = drawn.rotate(turned, expand=True, resample=Image.Resampling.BICUBIC)
    picture = Image.new("RGB", size, (92, 88, 80))
    ImageDraw.Draw(picture).rectangle((40, 40, 200, 120), fill=(160, 40, 60))
    picture.paste(drawn, ((size[0] - drawn.width) // 2 + 30, (size[1] - drawn.height) // 2), drawn)
    return picture.filter(ImageFilter.GaussianBlur(0.8))


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=90)
    return written.getvalue()
