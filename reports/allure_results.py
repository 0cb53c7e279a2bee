"""Tidies Allure's results before they are written, so that they show the scenario's words and no fixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import allure_commons
import allure_pytest_bdd.plugin
import allure_pytest_bdd.pytest_bdd_listener
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Status
from pytest_bdd.parser import Feature

_QUOTES = "'\""


class Tidy:
    """Removes fixtures from the steps' parameters, tracebacks from expected kinds of failure, and secrets from both."""

    def __init__(self, masked: Callable[[str], str]) -> None:
        """Take secrets out of a text by `masked`."""
        self._masked = masked

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:  # noqa: ANN401 - Allure's model is untyped
        """Tidy one result; a traceback stays only if the harness itself broke."""
        for parameter in result.parameters:
            parameter.value = str(parameter.value).strip(_QUOTES)
        for step in result.steps:
            step.parameters = [p for p in step.parameters if str(p.value).strip(_QUOTES) in str(step.name)]
        for told in (result, *result.steps):
            details = told.statusDetails
            if details is None:
                continue
            if told.status in {Status.FAILED, Status.SKIPPED}:
                details.trace = None
                details.message = _plain(str(details.message))
            details.message, details.trace = (text and self._masked(text) for text in (details.message, details.trace))


def _plain(message: str) -> str:
    """Remove the exception's class from a message `package.module.Name: text`."""
    name, colon, text = message.partition(": ")
    return text if colon and name.replace(".", "").isidentifier() else message


class Writer(AllureFileLogger):
    """Writes results and reports a full disk to `on_error`; Allure's own writer would end the whole run."""

    on_error: Callable[[OSError], None]

    @allure_commons.hookimpl
    def report_result(self, result: object) -> None:
        """Write one result."""
        self._try(super().report_result, result)

    @allure_commons.hookimpl
    def report_container(self, container: object) -> None:
        """Write one container."""
        self._try(super().report_container, container)

    @allure_commons.hookimpl
    def report_attached_file(self, source: object, file_name: str) -> None:
        """Copy one attachment."""
        self._try(super().report_attached_file, source, file_name)

    @allure_commons.hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        """Write one attachment, directly to its final place, because no result names it before it is complete."""
        self._try(self._write, body.encode() if isinstance(body, str) else body, file_name)

    def _write(self, content: bytes, name: str) -> None:
        with open(f"{self._report_dir}/{name}", "wb") as file:  # noqa: PTH123 - thousands of files, no Path for each
            file.write(content)

    def _try(self, write: Callable[..., None], *arguments: object) -> None:
        try:
            write(*arguments)
        except OSError as error:
            type(self).on_error(error)


def register(on_error: Callable[[OSError], None], masked: Callable[[str], str]) -> Callable[[], None]:
    """Tidy results and write them safely in this process from now on; return a function that ends this.

    Call it before Allure's adapter is configured, because the adapter then takes its writer.
    """
    tidy = Tidy(masked)
    adapter: Any = allure_pytest_bdd.plugin
    listener: Any = allure_pytest_bdd.pytest_bdd_listener
    get_title_path = listener.get_title_path

    def title_path(request: pytest.FixtureRequest, feature: Feature) -> list[str]:
        """Name also a feature outside the checkout, at which the adapter raises ValueError."""
        inside = Path(feature.filename).is_relative_to(request.config.rootpath)
        return list(get_title_path(request, feature)) if inside else [feature.name]

    writer = type("Writer", (Writer,), {"on_error": staticmethod(on_error)})
    adapter.AllureFileLogger = writer
    listener.get_title_path = title_path
    allure_commons.plugin_manager.register(tidy)

    def unregister() -> None:
        adapter.AllureFileLogger = AllureFileLogger
        listener.get_title_path = get_title_path
        allure_commons.plugin_manager.unregister(tidy)

    return unregister
