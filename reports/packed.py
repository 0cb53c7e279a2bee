"""Packs the data of an Allure page, which unpacks itself in the browser, and lets nobody know of its readers.

Allure writes each file into the page in base64, which hides what thousands of files have in common. A packed page has
about an eighth of the size.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

_BEGIN, _END = "<script defer>", "</script>"
_FILE = re.compile(r'd\("([^"\\]+)","([^"]*)"\),?')
_AROUND = re.compile(
    r"\s*Promise\.allSettled\(\[\]\)\s*\.then\(function\(\)\{\s*window\.allureReportDataReady = true;\s*\}\)\s*"
)
"""What the page's last script is made of, besides the files."""

_ANALYTICS = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*<script>(?:(?!</script>).)*</script>\s*',
    re.DOTALL,
)
"""What tells Allure's makers that somebody reads a page."""

_UNPACK = Path(__file__).with_name("templates") / "unpack.js"


def private(page: str) -> str:
    """Return a page without the scripts that tell Allure's makers of each reader; no option leaves them out."""
    return _ANALYTICS.sub("", page, count=1)


def packed(page: str) -> str:
    """Return a page with its data packed; one that is not built as expected stays as it is."""
    begin = page.rfind(_BEGIN)
    end = page.find(_END, begin)
    script = page[begin + len(_BEGIN) : end]
    if begin < 0 or not _AROUND.fullmatch(_FILE.sub("", script)):
        return page
    # Files of one kind lie side by side, so that the compressor sees what they have in common.
    files = sorted(_FILE.findall(script), key=lambda file: (Path(file[0]).suffix, file[0]))
    contents = [base64.b64decode(content) for _, content in files]
    names = json.dumps([[name, len(content)] for (name, _), content in zip(files, contents, strict=True)])
    data = base64.b64encode(gzip.compress(b"".join([f"{names}\n".encode(), *contents]), 6, mtime=0)).decode()
    unpack = _UNPACK.read_text(encoding="utf-8").replace("PACKED", f'"{data}"')
    return f"{page[:begin]}<script>\n{unpack}{page[end:]}"
