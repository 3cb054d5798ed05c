"""Sliders change what they say, leave the rest, and are driven in a real browser where there is one."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.inputs.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver.remote.webdriver import WebDriver

T = TypeVar("T")


@pytest.fixture(scope="module")
def approved() -> Scenario:
    return wm.load_scenario("scenarios/approved.toml")


def test_nothing_asked_changes_nothing(approved: Scenario) -> None:
    assert wm.what_if(approved) == approved


def test_posts_and_their_start_change_for_the_whole_budget(approved: Scenario) -> None:
    assert (
        wm.what_if(approved, posts=7).funding.budgets["nine_posts"].label == "The 11 posts"
    )  # seven and the other four
    assert wm.what_if(approved, posts=5).funding.budgets["nine_posts"].label == "The nine posts"
    changed = wm.what_if(approved, posts=7, start="2019-10").workforce.posts

    assert changed["nine_social_worker"].number == 7
    assert {str(group.created) for group in changed.values() if group.budget == "nine_posts"} == {"2019-10"}
    assert changed["nine_missing_debriefing_officer"].number == 1


def test_demand_moves_every_arrival_and_a_rate_given_loses_its_range(approved: Scenario) -> None:
    changed = wm.what_if(approved, demand=1.1, turnover=0.2)

    before = approved.caseloads.teams["assessment"].arrivals.value
    assert changed.caseloads.teams["assessment"].arrivals.value == pytest.approx(1.1 * before)
    assert changed.workforce.turnover_rate.value == 0.2
    assert not changed.workforce.turnover_rate.uncertain
    assert changed.workforce.filling_probability == approved.workforce.filling_probability


def test_a_scenario_without_new_posts_has_none_to_change() -> None:
    with pytest.raises(ValueError, match="creates no case-holding posts"):
        wm.what_if(toy(), posts=3)


def test_no_change_is_claimed_between_a_scenario_and_itself(approved: Scenario) -> None:
    result = wm.run(wm.what_if(approved, until="2021-03"), 20)

    found = wm.what_changes(result, result, "family_support")

    assert "no clear change" in found.sentence
    assert "in 2019/20" in found.sentence


def test_a_moved_slider_redraws_and_leaves_what_nobody_decides_alike(approved: Scenario) -> None:
    pytest.importorskip("ipywidgets", reason="needs the notebooks extra")
    box = wm.explorer(approved, wm.load_scenario("scenarios/do_nothing.toml"), "family_support", runs=10)
    sliders, answer, pictures = box.children
    before = answer.value

    sliders.children[0].value = 12

    assert answer.value != before
    assert all("alt=" in picture.value and "data:image/png" in picture.value for picture in pictures.children)


PATIENCE = 300
"""Seconds a page may take before it counts as stuck: a busy machine is no fault of the sliders."""
ARROW_RIGHT = "\ue014"
RUN_ALL = """
const done = arguments[arguments.length - 1], app = window.jupyterapp;
app.restored
  .then(() => app.shell.currentWidget.context.ready)
  .then(() => app.shell.currentWidget.context.sessionContext.ready)
  .then(() => app.commands.execute('notebook:run-all-cells'))
  .then(() => done('done'), fault => done(String(fault)));
"""
BROWSER, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")


@pytest.mark.browser
@pytest.mark.skipif(not (BROWSER and DRIVER), reason="no Chromium with its driver on this machine")
@pytest.mark.skipif(importlib.util.find_spec("selenium") is None, reason="needs the browser extra")
def test_the_sliders_of_the_notebook_work_in_a_browser(tmp_path: Path) -> None:
    with _notebook_page("notebooks/08_explore.ipynb", tmp_path) as browser:
        # Asked of the page itself, once it says it is ready: a click that comes too early is lost, and one
        # repeated too soon clears what the first was about to show.
        assert browser.execute_async_script(RUN_ALL) == "done", browser.get_log("browser")
        before = _settled(browser, lambda: _picture(browser))

        browser.find_elements("css selector", ".noUi-handle")[0].send_keys(ARROW_RIGHT)

        _settled(browser, lambda: _picture(browser) not in (before, None))
        assert "cases" in str(browser.find_element("css selector", ".widget-html img").get_attribute("alt"))
        assert not [line for line in browser.get_log("browser") if "widget" in line["message"].lower()]


@contextmanager
def _notebook_page(notebook: str, folder: Path) -> Iterator[WebDriver]:
    """A copy of a notebook, open in JupyterLab in a browser of its own; what went wrong is told with the page's text."""
    from selenium import webdriver

    shutil.copy(notebook, folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    start = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
             "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--no-first-run",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={folder / 'browser'}",
        "--window-size=1400,2400",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "SEVERE"})
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(start, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", 120)
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=str(DRIVER)))
        try:
            browser.set_script_timeout(PATIENCE)
            browser.get(f"http://127.0.0.1:{port}/lab/tree/{Path(notebook).name}?reset")
            _settled(browser, lambda: browser.find_elements("css selector", ".jp-Notebook .jp-CodeCell"))
            yield browser
        except Exception as fault:  # whatever went wrong goes on, with what the page and the server said
            page = browser.find_element("css selector", "body").text
            said = (folder / "server.log").read_text(encoding="utf-8")
            fault.add_note(f"the page:\n{page[-3000:]}\nthe server:\n{said[-3000:]}")
            raise
        finally:
            browser.quit()
    finally:
        server.terminate()
        server.wait(30)


def _settled(browser: WebDriver, found: Callable[[], T]) -> T:
    """What is found as soon as there is something, looked for patiently and never asked for twice."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    waiting = WebDriverWait(browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException])
    return waiting.until(lambda _: found())


def _picture(browser: WebDriver) -> str | None:
    found = browser.find_elements("css selector", ".widget-html img")
    return found[0].get_attribute("src") if found else None


def _wait_for(address: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
