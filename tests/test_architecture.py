"""The shape of the source: what may import what, how long things are, what stands beside what.

Layers are import-linter's (`make check`); here is what it does not see: the standard library, the
real clock, imports inside functions, lengths, and files.
"""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import quantiles

import pytest

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src" / "carrierbox"
TESTS = REPOSITORY / "tests"

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60

# Who may touch the world outside: module, and the files below src/carrierbox that may import it.
# A name that ends with a slash stands for everything below it.
ALLOWED_IMPORTS = {
    "asyncio": (
        "api/",
        "campaigns/runner.py",
        "cli.py",
        "esme/client.py",
        "esme/load.py",
        "esme/supervisor.py",
        "handset_command.py",
        "links/",
        "message_search.py",
        "live_traffic.py",
        "observing.py",
        "radio_serving.py",
        "runtime.py",
        "scenarios/live.py",
        "serve.py",
        "simulator/radio/embedded.py",
        "simulator/radio/mqtt.py",
        "smsc/stores/postgres.py",
        "testing/",
    ),
    "uvloop": ("serve.py",),
    "socket": (
        "api/server.py",
        "demo.py",
        "links/",
        "serve.py",
        "simulator/radio/embedded.py",
        "simulator/radio/mqtt.py",
        "testing/",
    ),
    "ssl": ("handset_command.py", "links/", "radio_serving.py", "simulator/radio/mqtt.py"),
    "aiomqtt": ("simulator/radio/mqtt.py",),
    "amqtt": ("simulator/radio/embedded.py",),
    "sqlite3": ("smsc/stores/",),
    "threading": ("demo.py", "smsc/stores/", "testing/"),
    "time": ("clock.py",),
    "phonenumbers": (),
    "re2": ("config_conditions.py",),
    "structlog": ("logs.py",),
    "litestar": ("api/",),
    "uvicorn": ("api/",),
    "rich": ("cli_phone.py", "handset_view.py", "terminal.py"),
}

# Rooms that must not know of another one although they stand above it.
FORBIDDEN_ROOMS = {"smsc/": "carrierbox.links", "simulator/": "carrierbox.links"}

# Files that may import inside a function, and why.
LATE_IMPORTS = {
    "cli.py": "each command imports what it needs; --version imports nothing",
    "cli_carrier.py": "as cli.py",
    "cli_network.py": "as cli.py",
    "cli_packs.py": "as cli.py",
    "cli_phone.py": "as cli.py",
    "cli_policy.py": "as cli.py",
    "cli_radio.py": "as cli.py",
    "cli_registers.py": "as cli.py",
    "cli_scenario.py": "as cli.py",
    "cli_store.py": "as cli.py",
    "config_conditions.py": "google-re2 is an extra and comes with the first pattern",
    "demo.py": "smpplib comes with an extra and is asked for only when the demo runs",
    "handset_command.py": "termios is not everywhere",
    "radio_serving.py": "the embedded broker comes with an extra, and is asked for by few",
    "logs.py": "structlog takes a quarter of a second: it comes with the first line",
    "serve.py": "the port accepts binds before the HTTP libraries are imported; uvloop may lack",
    "terminal.py": "rich is for terminals; a log gets plain text without it",
    "testing/plugin.py": "pytest loads it at every start, also where no test needs a carrier",
}

# Files without a twin in tests/unit, and why.
WITHOUT_TWIN = {
    "__init__.py": "a docstring and the version; see tests/test_package.py",
    "cli_carrier.py": "tests/unit/test_cli.py types its commands",
    "cli_packs.py": "tests/unit/test_packs_command.py types its commands",
    "cli_policy.py": "tests/unit/test_policy_command.py types its commands",
    "cli_radio.py": "tests/unit/test_handset_command.py types its commands",
    "cli_registers.py": "tests/unit/test_registers_command.py types its commands",
    "cli_store.py": "tests/unit/test_store_command.py types its commands",
    "exit_codes.py": "six numbers; the tests of every command compare them",
    "stop_points.py": "it kills its process; tests/crash is all about it",
    "serve.py": "a process from its start to its end; tests/integration runs it",
    "__main__.py": "one call of cli.main; tests/test_package.py runs it",
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def source_files() -> list[Path]:
    """Every module of the package."""
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    """A module as it is called here: its path below src/carrierbox."""
    return path.relative_to(SOURCE).as_posix()


def hot_files() -> list[Path]:
    """What a wheel compiles, by the list in pyproject.toml."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    globs = settings["tool"]["carrierbox"]["compiled"]
    found = {path for glob in globs for path in SOURCE.glob(glob)}
    return sorted(path for path in found if path.name != "__init__.py")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Every node of the syntax tree of a file."""
    return list(ast.walk(parsed(path)))


@cache
def imports_of(path: Path) -> list[tuple[str, int]]:
    """Every module that is imported anywhere in a file, and the line."""
    return list(imported(parsed(path)))


def opening_docstring(path: Path) -> str | None:
    """The docstring of a module, of which no more is parsed than its first statement."""
    text = path.read_text(encoding="utf-8")
    if text.startswith('"""'):
        text = text[: text.find('"""', 3) + 3]
    return ast.get_docstring(ast.parse(text, str(path)))


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in a tree, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module, node.lineno
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno


def is_listed(name: str, listed: tuple[str, ...]) -> bool:
    """Whether a file is listed by itself or by its folder."""
    return any(name == each or (each.endswith("/") and name.startswith(each)) for each in listed)


def is_of(module: str, package: str) -> bool:
    """Whether a module is the package or something in it."""
    return module == package or module.startswith(package + ".")


def functions(tree: ast.AST) -> Iterator[Definition]:
    """Every function and method of a tree."""
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            yield node


def length_lines(function: Definition) -> int:
    """Lines of a function from `def` to its end, its docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def called_name(call: ast.Call) -> str:
    """`a.b` for a call of `a.b(…)` or `x.a.b(…)`, `b` for `b(…)`."""
    called = call.func
    if isinstance(called, ast.Attribute):
        holder = called.value
        if isinstance(holder, ast.Attribute):
            return f"{holder.attr}.{called.attr}"
        return f"{holder.id}.{called.attr}" if isinstance(holder, ast.Name) else called.attr
    return called.id if isinstance(called, ast.Name) else ""


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """The syntax trees are parsed once and not kept for the tests of other modules."""
    yield
    parsed.cache_clear()
    nodes_of.cache_clear()


def test_only_the_edges_touch_the_world_outside() -> None:
    """Sockets, event loop, real clock, threads, SQLite and heavy libraries have their files."""
    found = [
        f"{name_of(path)}:{line} imports {module}"
        for path in source_files()
        for module, line in imports_of(path)
        for package, allowed in ALLOWED_IMPORTS.items()
        if is_of(module, package) and not is_listed(name_of(path), allowed)
    ]
    assert found == []


def test_centre_and_network_know_no_links() -> None:
    """The core is sans-I/O: octets reach it through the runtime."""
    found = [
        f"{name_of(path)}:{line} imports {module}"
        for path in source_files()
        for module, line in imports_of(path)
        for room, forbidden in FORBIDDEN_ROOMS.items()
        if is_listed(name_of(path), (room,)) and is_of(module, forbidden)
    ]
    assert found == []


def test_nobody_reads_the_calendar_of_this_machine() -> None:
    """Real time comes from clock.py alone; dates are made from the times it gives."""
    real = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
    found = [
        f"{name_of(path)}:{node.lineno} calls {called_name(node)}"
        for path in source_files()
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and called_name(node) in real
    ]
    assert found == []


def test_every_random_number_comes_from_a_seed() -> None:
    """Only `Random(seed)` is taken from the random module, and never without its seed."""
    found = []
    for path in source_files():
        for node in nodes_of(path):
            if isinstance(node, ast.ImportFrom) and node.module == "random":
                names = {alias.name for alias in node.names} - {"Random"}
                found += [f"{name_of(path)}:{node.lineno} imports {name}" for name in names]
            elif isinstance(node, ast.Call):
                called = called_name(node)
                unseeded = called in {"Random", "random.Random"} and not node.args
                if unseeded or (called.startswith("random.") and called != "random.Random"):
                    found.append(f"{name_of(path)}:{node.lineno} calls {called}")
    assert found == []


def test_imports_stand_at_the_top_of_a_file() -> None:
    """Except where start-up time or an extra asks for it, by the list above."""
    found = [
        f"{name_of(path)}:{line} imports {module} in {function.name}"
        for path in source_files()
        if not is_listed(name_of(path), tuple(LATE_IMPORTS))
        for function in functions(parsed(path))
        for module, line in imported(function)
    ]
    assert found == []


def test_hot_files_need_only_the_standard_library_and_ourselves() -> None:
    """The build environment has nothing else, and neither has the path of a message."""
    third_party = ("structlog", "msgspec", "yaml", "phonenumbers", "litestar", "rich", "uvloop")
    found = [
        f"{name_of(path)}:{line} imports {module}"
        for path in hot_files()
        for module, line in imports_of(path)
        if any(is_of(module, package) for package in third_party)
    ]
    assert hot_files()
    assert found == []


def test_hot_files_use_plain_classes() -> None:
    """Compiled, a data class takes ten times as long to make as a plain one, an enum is slower."""
    slow = {
        "dataclasses",
        "enum",
        "collections.namedtuple",
        "typing.NamedTuple",
        "typing.TypedDict",
    }
    found = [
        f"{name_of(path)}:{line} imports {module}"
        for path in hot_files()
        for module, line in imports_of(path)
        if any(is_of(module, each) for each in slow)
    ]
    assert found == []


def test_nothing_interpreted_derives_from_a_compiled_class() -> None:
    """Compiled, such a class raises TypeError when it is made; from source it works."""
    hot = set(hot_files())
    compiled = {
        f"carrierbox.{name_of(path).removesuffix('.py').replace('/', '.')}:{each.name}"
        for path in hot
        for each in parsed(path).body
        if isinstance(each, ast.ClassDef)
    }
    found = []
    for path in source_files():
        if path in hot:
            continue
        origins = {
            alias.asname or alias.name: f"{node.module}:{alias.name}"
            for node in nodes_of(path)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        found += [
            f"{name_of(path)}:{each.lineno} {each.name}"
            for each in nodes_of(path)
            if isinstance(each, ast.ClassDef)
            for base in each.bases
            if isinstance(base, ast.Name) and origins.get(base.id) in compiled
        ]
    assert found == []


def test_no_file_is_too_long() -> None:
    """600 lines; files of tables (`*_tables.py`) hold as many as they have rows."""
    found = [
        f"{path.relative_to(REPOSITORY)}: {lines} lines"
        for folder in (SOURCE, TESTS, REPOSITORY / "tools")
        for path in sorted(folder.rglob("*.py"))
        if not path.stem.endswith("_tables") or folder != SOURCE
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert found == []


def test_no_function_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    """60 lines without the docstring; prints how long nine in ten functions are at most."""
    lengths = [
        (length_lines(function), f"{name_of(path)}:{function.lineno} {function.name}")
        for path in source_files()
        for function in functions(parsed(path))
    ]
    deciles = quantiles([lines for lines, _ in lengths], n=10)
    with capsys.disabled():
        print(
            f"\n{len(lengths)} functions; nine in ten have at most {deciles[8]:.0f} lines, "
            f"the longest: {max(lengths)[1]}, {max(lengths)[0]} lines"
        )
    assert [each for each in lengths if each[0] > FUNCTION_LINES_MAX] == []


def test_every_module_says_what_it_is_for() -> None:
    """A docstring opens each file, tests and tools too."""
    found = [
        str(path.relative_to(REPOSITORY))
        for folder in (SOURCE, TESTS, REPOSITORY / "tools")
        for path in sorted(folder.rglob("*.py"))
        if not opening_docstring(path)
    ]
    assert found == []


def test_every_package_is_one() -> None:
    """A folder with modules and without `__init__.py` would be left out of the wheel."""
    folders = {path.parent for path in source_files()}
    assert [str(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_every_module_has_a_twin_in_the_unit_tests() -> None:
    """src/carrierbox/X/y.py is tested by tests/unit/X/test_y.py, or the list above says why not."""
    missing = []
    for path in source_files():
        name = Path(name_of(path))
        if name.name != "__init__.py" and name.as_posix() not in WITHOUT_TWIN:
            twin = TESTS / "unit" / name.parent / f"test_{name.name}"
            if not twin.exists():
                missing.append(str(twin.relative_to(REPOSITORY)))
    assert missing == []


def test_the_lists_of_exceptions_name_what_exists() -> None:
    """An exception for a file that is gone would wait for the next one of that name."""
    assert [name for name in WITHOUT_TWIN if not (SOURCE / name).exists()] == []


def test_tests_are_no_packages() -> None:
    """pytest imports them by their path (import mode importlib)."""
    assert [str(path) for path in TESTS.rglob("__init__.py")] == []


def test_no_machine_code_lies_among_the_sources() -> None:
    """An extension module beside its source hides every edit of it."""
    found = [path for end in ("so", "pyd", "dylib") for path in (SOURCE.parent).rglob(f"*.{end}")]
    assert [str(path) for path in found] == []


def real_tree() -> set[str]:
    """Folders, with a slash at the end, and modules below src/carrierbox, without `__init__.py`."""
    modules = {name_of(path) for path in source_files() if path.name != "__init__.py"}
    folders = {
        f"{name_of(path)}/"
        for path in SOURCE.rglob("*")
        if path.is_dir() and path.name != "__pycache__" and any(path.iterdir())
    }
    return modules | folders


def documented_tree(text: str) -> set[str]:
    """The paths in the fenced block that starts with the line `src/carrierbox/`.

    One file or folder a line, folders with a slash at the end, what is in one indented below it;
    what follows the name on its line is for the reader.
    """
    block = re.search(r"^```\w*\nsrc/carrierbox/[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block is not None, "docs/architecture.md has no block that starts with src/carrierbox/"
    paths: set[str] = set()
    above: list[tuple[int, str]] = []
    for line in re.sub(r"[│├└─]", " ", block[1]).splitlines():
        if not line.strip():
            continue
        indentation = len(line) - len(line.lstrip())
        while above and above[-1][0] >= indentation:
            above.pop()
        path = (above[-1][1] if above else "") + line.split()[0]
        paths.add(path)
        if path.endswith("/"):
            above.append((indentation, path))
    return paths


def test_hot_files_declare_what_tuples_of_floats_are() -> None:
    """mypyc 2.4 loses an untyped `Final` tuple of floats: each use of it raises NameError."""
    found = []
    for path in hot_files():
        module = importlib.import_module(f"carrierbox.{name_of(path)[:-3].replace('/', '.')}")
        for node in parsed(path).body:
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
                continue
            if not isinstance(node.annotation, ast.Name) or not isinstance(node.value, ast.Tuple):
                continue
            if all(isinstance(one, float) for one in getattr(module, node.target.id)):
                found.append(f"{name_of(path)}:{node.lineno} {node.target.id}")
    assert found == []


def test_the_tree_in_the_documentation_is_the_real_one() -> None:
    """docs/architecture.md shows every folder and module."""
    page = REPOSITORY / "docs" / "architecture.md"
    assert page.exists(), "docs/architecture.md is missing"
    documented, real = documented_tree(page.read_text(encoding="utf-8")), real_tree()
    assert sorted(real - documented) == [], "in the tree, not in docs/architecture.md"
    assert sorted(documented - real) == [], "in docs/architecture.md, not in the tree"
