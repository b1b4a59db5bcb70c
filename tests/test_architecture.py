"""The rules of the house: who imports whom, what works without Qt, and that Qt and Python fit together."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import mlpviz

PACKAGE = Path(mlpviz.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
QT = ("PySide6", "shiboken6")

# What the mathematics may be written with: NumPy, and such parts of the standard library as touch nothing
# outside: no files, clocks, threads or processes.
ALLOWED_IN_NN = {
    "__future__", "abc", "collections", "copy", "dataclasses", "enum", "functools", "itertools", "math",
    "numpy", "operator", "re", "types", "typing",
}  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def run_python(source: str) -> str:
    """Run `source` in a new process and return what it printed."""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_imports_only_what_it_may():
    run_python(  # in a process of its own, for it switches off all loggers
        "import sys; from importlinter.cli import lint_imports; sys.stdout = sys.stderr; "
        f"sys.exit(lint_imports(config_filename={str(PACKAGE.parent / 'pyproject.toml')!r}, no_cache=True))"
    )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted((PACKAGE / "nn").rglob("*.py")), ids=name_of)
def test_the_mathematics_needs_numpy_only(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            imported.add(node.module)
    outside = {name for name in imported if name.split(".")[:2] != ["mlpviz", "nn"]}
    assert {name.split(".")[0] for name in outside} <= ALLOWED_IN_NN


def test_everything_but_the_window_imports_without_qt():
    modules = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if path.relative_to(PACKAGE).parts[0] not in ("gui", "__main__.py")
    ]
    assert "mlpviz.locations" in modules
    run_python(f"""
import importlib, sys
for name in {QT}:
    sys.modules[name] = None  # importing it raises ImportError
for name in {modules}:
    importlib.import_module(name)
""")


def test_the_command_line_trains_without_qt():
    result = run_python(f"""
import sys
for name in {QT}:
    sys.modules[name] = None
from mlpviz.cli import main
sys.exit(main(["train", "digits", "--epochs", "1", "--json"]))
""")
    assert json.loads(result)["test_accuracy"] > 0.8


def test_the_command_line_starts_light():
    imported = run_python("import json, sys, mlpviz.cli; print(json.dumps(sorted(sys.modules)))")
    heavy = {*QT, "PIL", "scipy", "matplotlib", "ziamath"}
    assert heavy.isdisjoint(json.loads(imported))


def test_void_calls_of_qt_leave_none_alone(qapp):
    """PySide6 6.12 gives a reference of None away at each such call; see the pin in pyproject.toml."""
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(500):
        thing.setObjectName("name")
    assert abs(sys.getrefcount(None) - before) < 50
