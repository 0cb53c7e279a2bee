"""The controller's part of the report: gathers verdicts, writes run.json and junit.xml, ends the terminal output."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
import traceback
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from reports import junit, render, requirements_page, summary, timings_page
from reports.judgement import Judgement
from reports.run_file import RunFile
from reports.state import Phase, RunState, Scope
from reports.verdicts import Ending, ExitCode, Verdict

_SHOWN = {
    Verdict.PASS: ("passed", ".", "PASS"),
    Verdict.FAIL: ("failed", "F", "FAIL"),
    Verdict.NOT_APPLICABLE: ("not applicable", "n", "NOT APPLICABLE"),
    Verdict.INCONCLUSIVE: ("inconclusive", "?", "INCONCLUSIVE"),
    Verdict.HARNESS_ERROR: ("harness error", "H", "HARNESS ERROR"),
    Verdict.DEVIATION: ("deviation", "d", "DEVIATION"),
    Verdict.STALE_DEVIATION: ("stale deviation", "D", "STALE DEVIATION"),
}


NAME = "switchover-report"
"""Name of the plugin, for those that ask pytest for it."""

_OURS = ("allure-results", "allure-report", "requirements.html", "timings.html", "run.json", "junit.xml")


def clear(out: Path) -> None:
    """Remove the files of an earlier run from its output folder, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for name in _OURS:
        if (out / name).is_dir():
            shutil.rmtree(out / name, ignore_errors=True)
        else:
            (out / name).unlink(missing_ok=True)


class ReportPlugin:
    """Registered on the controller of a run of the suite."""

    def __init__(self, config: pytest.Config, state: RunState) -> None:
        """Remove the files of an earlier run, and begin run.json."""
        self.config = config
        self.state = state
        self.started = time.monotonic()
        self.began: float | None = None
        self.rendered = render.Outcome(None, "nothing was judged yet")
        self.concluded = False
        out = state.request.out
        self.run_file = RunFile(out / "run.json", state)
        try:
            clear(out)
            self.run_file.write()
        except OSError as error:
            state.refuse(error)
            pytest.exit(state.refusal, returncode=state.exit_code())
        if config.option.reportchars == "fE":  # pytest's own list of failures would hide the table's last lines
            config.option.reportchars = ""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to stop it when the report cannot be written."""
        self.session = session

    def pytest_runtest_logstart(self) -> None:
        """Note when the first scenario begins."""
        self.began = self.began or time.monotonic()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many scenarios will run; with xdist only the workers know."""
        if session.items:
            self._collected([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """Note how many scenarios will run."""
        del node
        self._collected(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ANN401 - xdist has no public type for it
        """Take over a worker's troubles that belong to no scenario."""
        told = getattr(node, "workeroutput", {}).get("switchover", {})
        self.state.troubles += told.get("troubles", [])
        self.state.usage = self.state.usage or told.get("usage", "")
        self.state.refusal = self.state.refusal or told.get("refusal", "")
        self.state.fatal = self.state.fatal or told.get("fatal", 0)
        if error and not (self.state.interrupted and error == "keyboard-interrupt"):  # Ctrl-C reaches workers too
            self.state.troubles.append(f"worker {node.gateway.id} was lost: {error}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a scenario's verdict at once, so that run.json is nearly up to date."""
        data = report.__dict__.get("judgement")
        if self.began is not None:
            self.state.wall = time.monotonic() - self.began
        if report.__dict__.get("scope"):
            self.state.scope = Scope(report.__dict__["scope"])
        if data is not None:
            self.state.add(Judgement.from_data(data))
            self._record()
        elif report.failed:
            self.state.troubles.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show the verdict instead of pytest's outcome."""
        data = getattr(report, "judgement", None)
        if data is None:
            return None
        return ("", "", "") if data["fatal"] else _SHOWN[Verdict(data["verdict"])]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take over what cannot be collected: its scenarios are missing, however the others end."""
        if report.failed:
            lines = report.longreprtext.splitlines()
            reason = next((line[1:].strip() for line in lines if line.startswith("E ")), lines[0])
            self._trouble(f"{report.nodeid or 'collection'}: {reason}")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Take over an error that ends pytest, or one of its workers."""
        self._trouble(cause(excinfo.value))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell an end by a signal or by `pytest.exit` from one that was asked for, such as that of -x."""
        self._ended_by(excinfo.value)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None]:
        """Write the footer, draw the report, and turn verdicts into the exit code."""
        state = self.state
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the report tells it
            self._ended_by(error)
        ended = time.monotonic()
        state.stopped = state.stopped or str(session.shouldfail or session.shouldstop or "")
        if exitstatus in {pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR} and not state.judged:
            state.usage = state.usage or "no scenario was selected; look at -k, -m and the paths"
        if state.unjudged and state.ending is Ending.UNEXPLAINED:
            state.troubles.append(
                f"{len(state.unjudged)} planned scenarios got no verdict, such as {min(state.unjudged)}"
            )
        self._conclude()
        session.exitstatus = state.exit_code()
        state.reporting = time.monotonic() - ended

    def end(self, error: BaseException | None) -> ExitCode:
        """Return the run's exit code, also where an error ended pytest, and see that run.json says the same.

        pytest's own code would be 1 then, which means that the unit does not conform.
        """
        known = len(self.state.troubles)
        if error is not None:
            self._ended_by(error)
        try:
            self._tell()
            sys.stdout.flush()
        except OSError as unread:
            self._trouble(cause(unread))
            # Python flushes once more when it exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not self.concluded or len(self.state.troubles) > known:
            self._write()
        return self.state.exit_code()

    def _tell(self) -> None:
        """End the terminal output with a short table."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            summary.write(reporter, self.state, self.state.exit_code(), self.rendered)

    def _ended_by(self, error: BaseException) -> None:
        if type(error) is KeyboardInterrupt or isinstance(error, pytest.exit.Exception):
            self.state.interrupted |= not self.concluded
        elif isinstance(error, KeyboardInterrupt):  # pytest's own, and xdist's
            self.state.stopped = str(error)
        else:
            self._trouble(cause(error))
            if not isinstance(error, OSError):
                traceback.print_exception(error)

    def _trouble(self, what: str) -> None:
        """Note what went wrong outside any scenario; an error that is met twice is one."""
        told = self.state.masked(what)
        if told not in self.state.troubles:
            self.state.troubles.append(told)

    def _collected(self, nodes: Sequence[str]) -> None:
        self.state.planned |= frozenset(nodes)
        self.state.collecting = time.monotonic() - self.started

    def _record(self) -> None:
        try:
            self.run_file.follow()
        except OSError as error:
            self.state.refuse(error)
            self.session.shouldstop = "the report cannot be written"

    def _conclude(self) -> None:
        state = self.state
        self._write()
        self.concluded = True
        if not state.request.drawn:
            self.rendered = render.Outcome(None, "--no-report was given")
        elif state.judged and not state.refusal:
            self.rendered = render.Outcome(None, "drawing was interrupted")
            with contextlib.suppress(KeyboardInterrupt):
                state.phase = Phase.DRAWING
                self.rendered = render.render(state.request.out, self._say)
            state.phase = Phase.ENDING

    def _write(self) -> None:
        """Write run.json last, so that it tells the code with which the run ends."""
        state = self.state
        try:
            junit.write(state)
            if state.request.drawn and state.judged:
                requirements_page.write(state)
                timings_page.write(state)
            self.run_file.write(code=state.exit_code())
        except OSError as error:
            state.refuse(error)
            with contextlib.suppress(OSError):
                self.run_file.write(code=state.exit_code())

    def _say(self, text: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            with contextlib.suppress(OSError):  # nobody reads any more; the run's end notices it
                reporter.write_line(f"\n{text}")


def cause(error: BaseException) -> str:
    """Return an error in one line; a worker's has many, of which the last says most, and pytest adds its own."""
    if isinstance(error, BrokenPipeError):
        return "nobody reads the output any more: broken pipe"
    lines = [line.strip() for line in str(error).splitlines() if line.strip() not in {"", "assert False"}]
    return f"{type(error).__name__}: {lines[-1] if lines else ''}".rstrip(": ")
