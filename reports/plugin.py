"""The controller's part of the report: gathers verdicts, writes run.json and junit.xml, ends the terminal output."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from reports import junit, render, requirements_page, summary, timings_page
from reports.judgement import Judgement
from reports.run_file import RunFile
from reports.state import RunState
from reports.verdicts import ExitCode, Verdict

_SHOWN = {
    Verdict.PASS: ("passed", ".", "PASS"),
    Verdict.FAIL: ("failed", "F", "FAIL"),
    Verdict.NOT_APPLICABLE: ("not applicable", "n", "NOT APPLICABLE"),
    Verdict.INCONCLUSIVE: ("inconclusive", "?", "INCONCLUSIVE"),
    Verdict.HARNESS_ERROR: ("harness error", "H", "HARNESS ERROR"),
    Verdict.DEVIATION: ("deviation", "d", "DEVIATION"),
    Verdict.STALE_DEVIATION: ("stale deviation", "D", "STALE DEVIATION"),
}


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
            self._collected(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """Note how many scenarios will run."""
        del node
        self._collected(len(ids))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ANN401 - xdist has no public type for it
        """Take over a worker's troubles that belong to no scenario."""
        told = getattr(node, "workeroutput", {}).get("switchover", {})
        self.state.troubles += told.get("troubles", [])
        self.state.usage = self.state.usage or told.get("usage", "")
        self.state.refusal = self.state.refusal or told.get("refusal", "")
        self.state.fatal = self.state.fatal or told.get("fatal", 0)
        if error:
            self.state.troubles.append(f"worker {node.gateway.id} was lost: {error}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a scenario's verdict at once, so that run.json is nearly up to date."""
        data = report.__dict__.get("judgement")
        if self.began is not None:
            self.state.wall = time.monotonic() - self.began
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

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the footer, draw the report, and turn verdicts into the exit code."""
        state = self.state
        ended = time.monotonic()
        state.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not state.fatal
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            state.troubles.append("pytest itself met an error it did not expect")
        if exitstatus in {pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR} and not state.judged:
            state.usage = state.usage or "no scenario was selected; look at -k, -m and the paths"
        code = state.exit_code()
        session.exitstatus = code
        try:
            self._conclude(code)
        except OSError as error:
            state.refuse(error)
            session.exitstatus = state.exit_code()
        state.reporting = time.monotonic() - ended

    def _collected(self, scenarios: int) -> None:
        self.state.planned = scenarios
        self.state.collecting = time.monotonic() - self.started

    def _record(self) -> None:
        try:
            self.run_file.follow()
        except OSError as error:
            self.state.refuse(error)
            self.session.shouldstop = "the report cannot be written"

    def _conclude(self, code: ExitCode) -> None:
        state = self.state
        self.run_file.write(code=code)
        junit.write(state)
        if not state.request.drawn:
            self.rendered = render.Outcome(None, "--no-report was given")
        elif state.judged:
            requirements_page.write(state)
            timings_page.write(state)
            with contextlib.suppress(KeyboardInterrupt):
                self.rendered = render.render(state.request.out, self._say)

    def _say(self, text: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"\n{text}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """End with a short table."""
        code = ExitCode(self.state.exit_code())
        summary.write(terminalreporter, self.state, code, self.rendered)
