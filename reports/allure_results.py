"""Tidies Allure's results before they are written: a step's parameters are the words of its sentence, nothing else."""

from __future__ import annotations

from typing import Any

import allure_commons

_QUOTES = "'\""


class Tidy:
    """Takes fixtures out of the steps' parameters: they are the harness's business, and no reader's."""

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:  # noqa: ANN401 - Allure's model is untyped
        """Keep the parameters that were written in the sentence."""
        for step in result.steps:
            step.parameters = [p for p in step.parameters if str(p.value).strip(_QUOTES) in str(step.name)]


def register() -> None:
    """Have results tidied in this process from now on."""
    if not allure_commons.plugin_manager.has_plugin("switchover-tidy"):
        allure_commons.plugin_manager.register(Tidy(), "switchover-tidy")


def unregister() -> None:
    """Stop tidying."""
    allure_commons.plugin_manager.unregister(name="switchover-tidy")
