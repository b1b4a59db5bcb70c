"""The built packages: what they hold, and that mlpviz works where one is installed without the checkout."""

import json
import os
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

import mlpviz

ROOT = Path(mlpviz.__file__).parent.parent
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="not run from a checkout")


def run_python(*arguments: str | Path, **options) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
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


def test_the_wheel_holds_the_package_and_its_resources(wheel):
    names = set(ZipFile(wheel).namelist())
    here = [path for path in ROOT.glob("mlpviz/**/*") if path.is_file() and path.suffix != ".pyc"]
    assert {str(path.relative_to(ROOT)) for path in here} <= names
    resources = [path for path in ROOT.glob("resources/**/*") if path.is_file()]
    assert resources
    assert {f"mlpviz/{path.relative_to(ROOT)}" for path in resources} <= names
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


@pytest.mark.skipif(not find_spec("mlpviz.cli"), reason="there is no command line yet")
def test_the_installed_copy_lists_its_experiments(run_installed):
    assert json.loads(run_installed("-m", "mlpviz", "list", "experiments", "--json"))
