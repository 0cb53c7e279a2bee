"""The report of a run: verdicts, evidence, picture, run.json, junit.xml and the Allure report."""
