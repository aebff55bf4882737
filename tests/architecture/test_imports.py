"""The rooms of the house and their directions, read from every file's imports."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {"digest": {"digest"}, "storage": {"storage", "digest"}, "bot": {"bot", "storage", "digest"}}
STAGES = (
    "digest.pipeline.collect",
    "digest.matching",
    "digest.pdf",
    "digest.analysis",
    "digest.pipeline.compose",
    "digest.report",
)

# Each third-party library is imported in its home alone, so that its types end there.
HOMES = {
    "aiohttp": ("bot.platforms.slack", "bot.metrics"),
    "apscheduler": ("bot.scheduling.schedule",),
    "babel": ("digest.i18n",),
    "click": ("bot.cli",),
    "dask": ("digest.engine.dask_executor",),
    "distributed": ("digest.engine.dask_executor",),
    "feedparser": ("digest.arxiv.feeds",),
    "httpx": (
        "digest.arxiv.http_client",
        "digest.export.zotero_client",
        "bot.platforms.telegram.errors",
    ),  # last: the causes of telegram's errors
    "httpx2": (
        "digest.analysis.llm.model_client",
        "digest.analysis.llm.server.bounded_body",
    ),  # the SDK's own transport, whose errors it lets through
    "jinja2": ("digest.report", "digest.site", "bot.preview"),
    "lxml": ("digest.html.html_tree",),
    "markupsafe": ("bot.preview",),  # jinja2's own: HTML that was escaped already
    "openai": ("digest.analysis",),
    "pydantic": ("digest.settings", "digest.codec", "digest.analysis"),
    "pylatexenc": ("digest.text.latex",),
    "pymupdf": ("digest.pdf", "digest.trends.chart", "bot.demo"),
    "rapidfuzz": ("digest.text.paper_index", "digest.analysis", "digest.html.health"),
    "rich": ("bot.cli",),
    "slack_bolt": ("bot.platforms.slack",),
    "slack_sdk": ("bot.platforms.slack",),
    "sqlite_utils": ("storage",),
    "structlog": ("bot.logs",),
    "telegram": ("bot.platforms.telegram",),
    "tomlkit": ("bot.setup",),
}

FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; say the whole name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_go_in_one_direction(path: Path) -> None:
    """bot -> storage -> digest, and never back."""
    room = module_name(path).split(".")[0]
    ours = {name.split(".")[0] for name in imports(path)} & set(ROOMS)

    assert ours <= ROOMS[room]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_stages_do_not_import_one_another(path: Path) -> None:
    """What two stages share lies below them."""
    stage = next((s for s in STAGES if inside(module_name(path), s)), None)
    others = [name for name in imports(path) for s in STAGES if stage and s != stage and inside(name, s)]

    assert others == []


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_each_library_has_one_home(path: Path) -> None:
    """A third-party library is imported only where HOMES says."""
    module = module_name(path)
    for name in imports(path):
        top = name.split(".")[0]
        if top in ROOMS or top in sys.stdlib_module_names:
            continue
        assert top in HOMES, f"{module} imports {top}, which has no home"
        assert any(inside(module, home) for home in HOMES[top]), f"{module} imports {top}, whose home is {HOMES[top]}"


@pytest.mark.parametrize("path", sorted((ROOT / "digest/models").glob("*.py")), ids=module_name)
def test_models_import_only_models(path: Path) -> None:
    """The words come first."""
    ours = [name for name in imports(path) if name.split(".")[0] in ROOMS]

    assert [name for name in ours if not name.startswith("digest.models.")] == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_package_names_belong_to_broadsheet(room: str) -> None:
    """`bot`, `digest` and `storage` are generic names: no other installed distribution may own them."""
    assert set(packages_distributions().get(room, [])) <= {"broadsheet"}
