"""Compiles the hot rooms into the wheel; everything else about the package is in pyproject.toml.

Only a wheel is compiled, never an editable installation: extension modules beside the sources
would hide every edit. Without a C compiler or Python's headers, with CARRIERBOX_PURE=1 in the
environment, or where compiling fails, the wheel holds the same files as plain Python; with
CARRIERBOX_COMPILED=1 the build fails instead and shows why.
"""

import os
import shlex
import shutil
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Final

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel

ROOT: Final = Path(__file__).parent
PACKAGE: Final = Path("src") / "carrierbox"


def hot_files() -> list[str]:
    """The files to compile: those of `tool.carrierbox.compiled` that exist, sorted."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        globs: list[str] = tomllib.load(file)["tool"]["carrierbox"]["compiled"]
    found = {path for glob in globs for path in (ROOT / PACKAGE).glob(glob)}
    return sorted(path.relative_to(ROOT).as_posix() for path in found if path.name != "__init__.py")


def obstacle() -> str:
    """Why nothing can be compiled here; empty if nothing is known to stand in the way."""
    if os.environ.get("CARRIERBOX_PURE", "0") not in ("", "0"):
        return "CARRIERBOX_PURE is set"
    if sys.implementation.name != "cpython":
        return f"mypyc compiles for CPython, not for {sys.implementation.name}"
    if sys.platform == "win32":
        return ""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler})"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's C headers (Python.h) are not installed"
    return ""


def say(text: str) -> None:
    """One line in the build's output."""
    print(f"carrierbox: {text}", flush=True)


def go_plain(problem: str) -> None:
    """Say why the wheel is not compiled, or fail where it was asked to be."""
    if os.environ.get("CARRIERBOX_COMPILED", "0") not in ("", "0"):
        raise SystemExit(f"carrierbox: cannot be compiled: {problem}")
    say(f"the wheel is plain Python, not compiled: {problem}")


def extensions() -> list[Extension]:
    """The hot files as extension modules; none when this is no wheel or cannot be compiled."""
    if "bdist_wheel" not in sys.argv:
        return []
    problem = obstacle()
    if not problem:
        try:
            # Not at the top: an installation without a compiler must not need mypy to run.
            from mypyc.build import mypycify  # noqa: PLC0415

            options = ["--config-file=", "--ignore-missing-imports", "--no-error-summary"]
            files = hot_files()
            # A C file per module: as fast as one for all, and built in a third of the time.
            made = mypycify(
                [*options, *files],
                opt_level="3",
                debug_level="0",
                group_name="carrierbox",
                multi_file=True,
            )
        # mypyc ends the process with SystemExit where the sources do not compile.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            problem = f"mypyc refused the sources ({type(error).__name__}: {error}), see above"
        else:
            say(f"compiling {len(files)} modules with mypyc")
            return [module for module in made if isinstance(module, Extension)]
    go_plain(problem)
    return []


class WheelOrPlain(bdist_wheel):
    """Builds the extension modules first, and a wheel without them where that fails."""

    def run(self) -> None:
        """Build the wheel."""
        if self.distribution.has_ext_modules():
            try:
                self.run_command("build_ext")
            except Exception as error:  # noqa: BLE001 - each compiler fails with its own
                problem = f"the C compiler failed ({type(error).__name__}), see above"
                go_plain(problem)
                shutil.rmtree(self.get_finalized_command("build_ext").build_lib, True)
                self.distribution.ext_modules = []
                self.root_is_pure = True
        super().run()


setup(ext_modules=extensions(), cmdclass={"bdist_wheel": WheelOrPlain})
