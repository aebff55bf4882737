"""Rules for names and folders, read from the sources."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "digest", "storage")
MAX_FILES_PER_FOLDER = 18
MAX_FUNCTION_LINES = 50
MAX_CONSTRUCTOR_PARAMETERS = 8

# Uses of a general word as a variable or parameter, per 1,000 names. The figures may only fall.
GENERAL_WORDS_PER_THOUSAND = {"bot": 5.0, "digest": 3.5, "storage": 5.0}
GENERAL_WORDS = frozenset((ROOT / "tests/data/general_words.txt").read_text(encoding="utf-8").split())
# Files of these kinds share a stem on purpose: the same job for each platform, each layer's errors, and the command,
# the chat command and the store of one subject.
PLATFORM_FILES = {
    *("diagnostics", "doctor_checks", "errors", "listener", "live_test"),
    *("renderer", "sender", "settings", "setup_questions", "spec", "splitter"),
}
SUBJECT_FOLDERS = ("bot/cli/", "bot/commands/", "storage/stores/", "digest/models/")
RE_EXPORTING_PACKAGES = ("digest/settings", "digest/report", "digest/keywords")

FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def places_by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for name, place in pairs:
        places[name].append(place)
    return places


def names_used(package: str) -> Iterator[str]:
    """Every use of a variable or parameter, without underscores at its ends."""
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Name):
                yield node.id.strip("_")
            elif isinstance(node, ast.arg):
                yield node.arg.strip("_")


def test_class_names_are_unique() -> None:
    """One name, one meaning, in all three packages."""
    places = places_by_name(
        (node.name, relative(path))
        for path in FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
    )

    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_file_stems_are_unique_but_for_the_kinds_named() -> None:
    places = places_by_name((path.stem, relative(path)) for path in FILES if path.stem != "__init__")

    def is_allowed(stem: str, files: list[str]) -> bool:
        platform_files = [file for file in files if file.startswith("bot/platforms/")]
        others = [file for file in files if file not in platform_files]
        if stem == "errors":
            return True
        if stem in PLATFORM_FILES and len(others) <= 1:
            return True
        return not platform_files and sum(not file.startswith(SUBJECT_FOLDERS) for file in files) <= 1

    assert {stem: files for stem, files in places.items() if len(files) > 1 and not is_allowed(stem, files)} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_general_words_become_fewer(package: str) -> None:
    """`found`, `given` or `one` say nothing of what a name holds. Lower the stored figure when yours is lower."""
    uses = Counter(names_used(package))
    per_thousand = 1000 * sum(uses[word] for word in GENERAL_WORDS) / uses.total()

    assert per_thousand <= GENERAL_WORDS_PER_THOUSAND[package]


def test_folders_are_small() -> None:
    counts = Counter(relative(path.parent) for path in FILES)

    assert {folder: count for folder, count in counts.items() if count > MAX_FILES_PER_FOLDER} == {}


def test_functions_are_short() -> None:
    long_functions = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, FUNCTIONS) and (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]

    assert long_functions == []


def test_constructors_take_few_parameters() -> None:
    large_constructors = [
        f"{relative(path)} {owner.name}"
        for path in FILES
        for owner in ast.walk(parsed(path))
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, FUNCTIONS) and node.name == "__init__"
        if len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]) - 1 > MAX_CONSTRUCTOR_PARAMETERS
    ]

    assert large_constructors == []


def test_callable_aliases_stand_in_ports() -> None:
    """A Protocol says what a callable promises; an alias says only its types."""
    aliases = [
        f"{relative(path)}:{node.lineno}"
        for path in FILES
        if path.name != "ports.py"
        for node in parsed(path).body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and "Callable[" in ast.unparse(node.value)
    ]

    assert aliases == []


def test_packages_hold_a_docstring_and_no_code() -> None:
    offenders = []
    for path in FILES:
        if path.name != "__init__.py" or relative(path.parent) in RE_EXPORTING_PACKAGES:
            continue
        body = parsed(path).body
        if not ast.get_docstring(parsed(path)) or len(body) > 1:
            offenders.append(relative(path))

    assert offenders == []


def import_graph() -> dict[str, set[str]]:
    """From each file to the files that it imports; imports in functions and under TYPE_CHECKING count."""
    modules = {}
    for path in FILES:
        parts = Path(relative(path)).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = relative(path)
    graph: dict[str, set[str]] = {}
    for path in FILES:
        imported: set[str] = set()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    full_name = f"{node.module}.{alias.name}"
                    imported.add(full_name if full_name in modules else node.module)
        graph[relative(path)] = {modules[name] for name in imported if name in modules} - {relative(path)}
    return graph


def folder_graph(files: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same for folders. In a folder with sub-packages each file counts as itself."""
    folders = {str(Path(file).parent) for file in files}

    def unit(file: str) -> str:
        folder = str(Path(file).parent)
        return file if any(other.startswith(folder + "/") for other in folders) else folder

    graph: defaultdict[str, set[str]] = defaultdict(set)
    for file, imported in files.items():
        graph[unit(file)] |= {unit(other) for other in imported} - {unit(file)}
    return graph


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of nodes that reach one another (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(graph.get(node, ())):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            start = stack.index(node)
            group = stack[start:]
            del stack[start:]
            if len(group) > 1:
                groups.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return groups


def test_no_circle_of_files_or_folders() -> None:
    files = import_graph()

    assert circles(files) == []
    assert circles(folder_graph(files)) == []


def test_the_search_for_circles_sees_one() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
