"""The pages in a real browser: read, signed, browsed by keyboard, and judged by axe.

Needs Chromium on the path and `pip install 'medrag[browser]'`; skipped without them.
"""

import shutil
import socket
import threading
import time

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="medrag[browser] is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
uvicorn = pytest.importorskip("uvicorn")

import medrag  # noqa: E402
from medrag.service.app import create_app  # noqa: E402
from medrag.service.settings import ServiceSettings  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the path"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OWNED = "document.title='owned'"
HOSTILE = f'\n\n## Notes\n\n<script>{OWNED}</script><img src=x onerror="{OWNED}">\n'


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("browser")
    shutil.copytree("corpora", root / "corpora")
    hostile = root / "corpora" / "hostile.md"
    hostile.write_text(
        "---\ntitle: Hostile notes\npublisher: Nobody\n---\n\n# Hostile"
        "\n\nGive examplazine 40 mg once daily." + HOSTILE,
        encoding="utf-8",
    )
    medrag.Index.build([root / "corpora"], root / "index", progress=False)
    settings = ServiceSettings(
        index=str(root / "index"),
        corpora=(str(root / "corpora"),),
        review=str(root / "pending"),
        audit=str(root / "audit"),
        reload_s=0,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(create_app(settings), port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium, address):
    page = chromium.new_page(base_url=address)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    page.close()


def ask(tab, question):
    tab.goto("/")
    tab.get_by_label("Question").fill(question)
    tab.get_by_role("button", name="Ask").click()
    tab.wait_for_url("**/answers/*")


def violations(tab):
    found = axe.Axe().run(tab).response["violations"]
    return [f"{one['id']} ({one['impact']}): {one['help']}" for one in found]


def test_a_question_is_asked_read_and_signed(tab):
    ask(tab, "Metformin with an eGFR of 38?")
    assert "metformin" in tab.locator("mark").first.inner_text().lower()
    tab.get_by_label("Accept").check()
    tab.get_by_label("Your name").fill("Ada Lovelace")
    tab.get_by_role("button", name="Sign").click()
    assert tab.get_by_text("accepted by Ada Lovelace").count() == 1
    assert tab.get_by_role("region", name="Audit trail").get_by_role("row").count() >= 3
    assert tab.complaints == []


def test_a_quotation_leads_to_its_page_as_printed(tab):
    ask(tab, "Which lactate is measured again in sepsis, and when?")
    tab.locator("figcaption a").first.click()
    assert tab.locator("mark#quoted").count() == 1
    picture = tab.locator("figure.leaf img")
    if picture.count():
        assert (
            picture.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
        )
    assert tab.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/search?q=metformin", "/documents", "/answers", "/sign-in"])
def test_axe_finds_nothing(tab, path, scheme):
    tab.emulate_media(color_scheme=scheme)
    tab.goto(path)
    assert violations(tab) == []


def test_axe_finds_nothing_in_an_answer_and_a_document(tab):
    ask(tab, "Metformin with an eGFR of 38?")
    assert violations(tab) == []
    tab.locator("figcaption a").first.click()
    assert violations(tab) == []


def test_the_form_is_filled_in_by_keyboard_alone(tab):
    tab.goto("/")
    assert tab.evaluate("document.activeElement.id") == "question"
    tab.keyboard.type("Metformin with an eGFR of 38?")
    for _ in range(2):  # past the summary of the patient's facts
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/answers/*")


def test_a_narrow_window_needs_no_sideways_scrolling(tab):
    tab.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/documents", "/search?q=metformin"):
        tab.goto(path)
        width = tab.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, path


def test_nothing_of_a_hostile_document_runs(tab):
    tab.goto("/search?q=hostile+notes+examplazine")
    tab.get_by_role("link", name="Hostile notes").first.click()
    assert "owned" not in tab.title()
    assert tab.locator("main img, main script").count() == 0
