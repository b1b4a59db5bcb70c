"""The built packages: what they hold, and that mlpviz works where one is installed without the checkout."""

import ast
import json
import os
import subprocess
import sys
import tarfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mlpviz

ROOT = Path(mlpviz.__file__).parent.parent
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="not run from a checkout")


def run_python(*arguments: str | Path, **options) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sources() -> set[str]:
    """Return what a wheel is to hold, as paths in the checkout."""
    files = [path for folder in ("mlpviz", "resources") for path in ROOT.glob(f"{folder}/**/*")]
    return {str(path.relative_to(ROOT)) for path in files if path.is_file() and path.suffix != ".pyc"}


@pytest.fixture(scope="module")
def built(sources, tmp_path_factory) -> Path:
    """Return a folder with an sdist and the wheel made from that sdist. Needs no network."""
    folder = tmp_path_factory.mktemp("built")
    run_python("-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Return a folder into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("installed")
    offline = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile")
    run_python("-m", "pip", "install", *offline, "--target", folder, wheel)
    return folder


@pytest.fixture
def run_installed(installed, tmp_path):
    """Return a function that runs Python where only the installed copy can be found as mlpviz."""
    # Before the editable install, which also stands on the path.
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return lambda *arguments: run_python(*arguments, env=environment, cwd=tmp_path)


def test_the_wheel_holds_the_package_and_its_resources(sources, wheel):
    names = set(ZipFile(wheel).namelist())
    assert any(path.startswith("resources/") for path in sources)
    assert {path if path.startswith("mlpviz/") else f"mlpviz/{path}" for path in sources} <= names
    # The tests, the benchmarks and the resources a second time would land beside other people's packages.
    assert {name.split("/")[0].split("-")[0] for name in names} == {"mlpviz"}


def test_the_wheel_names_its_version_licence_and_command(wheel):
    with ZipFile(wheel) as archive:
        info = f"mlpviz-{mlpviz.__version__}.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode()
        assert f"\nVersion: {mlpviz.__version__}\n" in metadata
        assert "\nLicense-Expression: MIT\n" in metadata
        assert "mlpviz = mlpviz.cli:main" in archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()


def test_everything_imported_is_declared():
    """A package that only the test extra brings along would be missing for everybody else."""
    imported = set()
    for path in ROOT.glob("mlpviz/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
    imported -= {*sys.stdlib_module_names, "mlpviz", "shiboken6"}  # PySide6 requires its shiboken6
    imported -= {"av", "onnx"}  # extras: who wants films as MP4, or ONNX, without them is told how
    distributions = packages_distributions()
    requirements = [Requirement(line) for line in requires("mlpviz")]
    declared = {canonicalize_name(each.name) for each in requirements if "extra" not in str(each.marker)}
    for name in imported:
        assert {canonicalize_name(each) for each in distributions[name]} & declared, name


def test_the_sdist_holds_what_building_and_testing_need(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"hatch_build.py", "Makefile", "LICENSE", "README.md", ".ci/run", "tests/conftest.py"} <= names
    assert {"resources/data/iris.csv", "resources/data/mnist/t10k-images-idx3-ubyte.gz"} <= names
    assert not [
        name for name in names if name.startswith((".venv", ".git/", "dist")) or "__pycache__" in name
    ]


def test_the_installed_copy_finds_its_own_resources(run_installed, installed):
    print_path = "from mlpviz.locations import resource_path; print(resource_path('data', 'iris.csv'))"
    found = Path(run_installed("-c", print_path).strip())
    assert found == installed / "mlpviz" / "resources" / "data" / "iris.csv"


def test_the_installed_copy_lists_its_experiments(run_installed):
    assert json.loads(run_installed("-m", "mlpviz", "list", "experiments", "--json"))


def test_the_installed_copy_trains(run_installed):
    result = json.loads(run_installed("-m", "mlpviz", "train", "digits", "--epochs", "1", "--json"))
    assert result["test_accuracy"] > 0.8
