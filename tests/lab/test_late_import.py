"""A module that is imported late."""

import sys
from pathlib import Path

import pytest

from lab.late_import import late_import

MODULE = """\
import signal
signal.raise_signal(signal.SIGINT)
whole = True
"""


def test_ctrl_c_waits_until_the_module_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python itself loses it in some moments of an import (a command went on), or ends with another code."""
    (tmp_path / "imported_late.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "imported_late", raising=False)
    with pytest.raises(KeyboardInterrupt):
        late_import("imported_late")
    assert sys.modules.pop("imported_late").whole
