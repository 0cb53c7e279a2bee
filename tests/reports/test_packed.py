"""A packed page gives a browser the same files as the page that Allure has drawn; Node.js stands in for the browser."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path

import pytest

from reports import node, render
from reports.packed import packed

ALLURE = """<html><body>
    <script async>
      window.allureReportDataReady = false;
      window.allureReportData = window.allureReportData || {};
      function d(name, value){ window.allureReportData[name] = value; }
    </script>
    <script defer>
      Promise.allSettled([FILES])
        .then(function(){
          window.allureReportDataReady = true;
        })
    </script>
</body></html>
"""

FILES = {
    "data/a.json": b'{"of": "b\xc3\xa9ta"}\n',
    "data/b.svg": b"<svg/>" * 9000,
    "widgets/c.json": b"",
    "data/d": bytes(range(256)),
}

BROWSER = """
globalThis.window = globalThis;
globalThis.document = {body: {}};
for (const script of JSON.parse(require("fs").readFileSync(0, "utf8"))) (0, eval)(script);
(function look() {
  if (document.body.textContent) return console.log(document.body.textContent);
  return window.allureReportDataReady ? console.log(JSON.stringify({...window.allureReportData})) : setTimeout(look, 5);
})();
"""


@pytest.fixture(scope="module")
def allure() -> tuple[str, ...]:
    """Return the command of Allure; its first word is Node.js."""
    try:
        return node.allure(print)
    except node.OutOfReachError as error:
        pytest.skip(str(error))


def page_of(files: dict[str, bytes]) -> str:
    """Return a page as Allure draws it."""
    told = (f'd("{name}","{base64.b64encode(content).decode()}")' for name, content in files.items())
    return ALLURE.replace("FILES", ",".join(told))


def said(program: str, page: str) -> str:
    """Return what the browser has after a page's last two scripts."""
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)[-2:]
    ended = subprocess.run(  # noqa: S603 - our own words
        [program, "-e", BROWSER], input=json.dumps(scripts), capture_output=True, text=True, timeout=60, check=True
    )
    return ended.stdout


def shown(program: str, page: str) -> dict[str, bytes]:
    """Return the files that the browser has."""
    return {name: base64.b64decode(content) for name, content in json.loads(said(program, page)).items()}


def test_the_browser_gets_the_same_files(allure: tuple[str, ...]) -> None:
    """Texts and bytes, long, short and empty ones; what comes before and after the files stays."""
    page = page_of(FILES)
    small = packed(page)
    assert shown(allure[0], small) == FILES == shown(allure[0], page)
    assert len(small) < len(page) / 10
    assert (small.partition("<script defer>")[0][:90], small[-20:]) == (page[:90], page[-20:])


def test_a_page_that_cannot_be_unpacked_says_so(allure: tuple[str, ...]) -> None:
    """In place of an empty page."""
    broken = packed(page_of(FILES)).replace('atob("', 'atob("AAAA')
    assert said(allure[0], broken).startswith("This page cannot be unpacked; open it in a browser of 2023 or newer.")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<script defer>",
        "<script defer>f()</script>",
        page_of(FILES).replace("d(", "e("),
        page_of(FILES).replace("Ready = true;", "Ready = true; more();"),
    ],
)
def test_a_page_of_another_make_stays_as_it_is(page: str) -> None:
    """Large, but whole."""
    assert packed(page) == page


def test_a_page_that_allure_draws_is_packed(tmp_path: Path, allure: tuple[str, ...]) -> None:
    """The version that the lock file names builds its page as expected."""
    results = tmp_path / "allure-results"
    results.mkdir()
    steps = [{"name": "it holds", "status": "passed"}]
    result = {"uuid": "u", "name": "a scenario", "status": "passed", "start": 1, "stop": 2, "steps": steps}
    (results / "a-result.json").write_text(json.dumps(result), encoding="utf-8")
    page = render.render(tmp_path).page
    assert page is not None
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"\b(?:src|href)=.?https?:|gtag\(", text), "the page tells somebody that it is read"
    assert "DecompressionStream" in text[text.rindex("<script>") :]
    files = shown(allure[0], text)
    assert any(b"a scenario" in content for name, content in files.items() if name.startswith("data/test-results/"))
