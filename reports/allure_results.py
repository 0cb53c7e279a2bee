"""Tidies Allure's results before they are written, so that a reader meets the scenario's words and no plumbing."""

from __future__ import annotations

from typing import Any

import allure_commons
from allure_commons.model2 import Status

_QUOTES = "'\""


class Tidy:
    """Takes fixtures out of the steps' parameters, and Python out of foreseen failures."""

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:  # noqa: ANN401 - Allure's model is untyped
        """Tidy one result; a traceback stays only where the harness itself broke."""
        for parameter in result.parameters:
            parameter.value = str(parameter.value).strip(_QUOTES)
        for step in result.steps:
            step.parameters = [p for p in step.parameters if str(p.value).strip(_QUOTES) in str(step.name)]
        for told in (result, *result.steps):
            details = told.statusDetails
            if details is not None and told.status in {Status.FAILED, Status.SKIPPED}:
                details.trace = None
                details.message = _plain(str(details.message))


def _plain(message: str) -> str:
    """Leave the exception's class out of a message: `package.module.Name: text`."""
    name, colon, text = message.partition(": ")
    return text if colon and name.replace(".", "").isidentifier() else message


def register() -> None:
    """Have results tidied in this process from now on."""
    if not allure_commons.plugin_manager.has_plugin("switchover-tidy"):
        allure_commons.plugin_manager.register(Tidy(), "switchover-tidy")


def unregister() -> None:
    """Stop tidying."""
    allure_commons.plugin_manager.unregister(name="switchover-tidy")
