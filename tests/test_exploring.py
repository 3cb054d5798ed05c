"""Sliders change what they say, leave the rest, and are driven in a real browser where there is one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.scenario import Scenario

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver


@pytest.fixture(scope="module")
def approved() -> Scenario:
    return wm.load_scenario("scenarios/approved.toml")


def test_nothing_asked_changes_nothing(approved: Scenario) -> None:
    assert wm.what_if(approved) == approved


def test_posts_and_their_start_change_for_the_whole_budget(approved: Scenario) -> None:
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


BROWSER, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")


@pytest.mark.browser
@pytest.mark.skipif(not (BROWSER and DRIVER), reason="no Chromium with its driver on this machine")
@pytest.mark.skipif(importlib.util.find_spec("selenium") is None, reason="needs the browser extra")
def test_the_sliders_of_the_notebook_work_in_a_browser(tmp_path: Path) -> None:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    shutil.copy("notebooks/08_explore.ipynb", tmp_path)
    port = 18_888 + os.getpid() % 1_000
    start = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
             "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    server = subprocess.Popen(start, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--window-size=1400,2400",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "SEVERE"})
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", 60)
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=str(DRIVER)))
        try:
            browser.get(f"http://127.0.0.1:{port}/lab/tree/08_explore.ipynb?reset")
            wait = WebDriverWait(browser, 180)
            wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell"))
            wait.until(
                lambda b: b.find_elements(By.CSS_SELECTOR, ".jp-Notebook-ExecutionIndicator[data-status='idle']")
            )
            WebDriverWait(browser, 180, poll_frequency=15, ignored_exceptions=[WebDriverException]).until(
                _picture_after_run_all
            )
            picture = _picture(browser)
            WebDriverWait(browser, 120, poll_frequency=10, ignored_exceptions=[WebDriverException]).until(
                lambda b: _picture_after_a_step(b, picture)
            )
            assert "cases" in str(browser.find_element(By.CSS_SELECTOR, ".widget-html img").get_attribute("alt"))
            assert not [line for line in browser.get_log("browser") if "widget" in line["message"].lower()]
        finally:
            browser.quit()
    finally:
        server.terminate()
        server.wait(30)


def _picture(browser: WebDriver) -> str | None:
    found = browser.find_elements("css selector", ".widget-html img")
    return found[0].get_attribute("src") if found else None


def _picture_after_run_all(browser: WebDriver) -> str | None:
    """The first picture; where there is none yet, every cell is asked to run, again if the page was not ready."""
    if _picture(browser) is None:
        next(m for m in browser.find_elements("css selector", ".lm-MenuBar-item") if m.text == "Run").click()
        browser.find_element("css selector", ".lm-Menu-item[data-command='runmenu:run-all']").click()
    return _picture(browser)


def _picture_after_a_step(browser: WebDriver, before: str | None) -> bool:
    """Whether the picture is another; while it is not, the first slider is moved a step by its key."""
    if _picture(browser) == before:
        browser.find_elements("css selector", ".noUi-handle")[0].send_keys("\ue014")  # arrow right
    return _picture(browser) not in (before, None)


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
