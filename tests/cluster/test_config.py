"""Settings: a manual under each, and no misspelling passes."""

import ast
import inspect
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from cluster import config
from cluster.config import CameraConfig, HubConfig, StaffConfig, load_config
from cluster.errors import ConfigRefusedError
from recognition.grammar.regions import ANYWHERE, Region

CAMERA = """
[[camera]]
id = "NS-C01"
name = "Harbour Road"
controller = "NS"
source = "/srv/c01"
"""


@pytest.fixture
def refused(tmp_path: Path):
    """The message with which a text is refused, without its path."""

    def load(text: str) -> str:
        path = tmp_path / "hub.toml"
        path.write_text(text)
        with pytest.raises(ConfigRefusedError) as caught:
            load_config(path)
        message = str(caught.value)
        assert message.startswith(str(path))
        return message.removeprefix(str(path))

    return load


@pytest.mark.parametrize("struct", [HubConfig, CameraConfig, StaffConfig])
def test_every_setting_has_its_manual_under_it(struct: type[msgspec.Struct]):
    tree = ast.parse(inspect.getsource(config))
    body = next(n.body for n in tree.body if getattr(n, "name", "") == struct.__name__)
    documented = {
        setting.target.id
        for setting, words in pairwise(body)
        if isinstance(setting, ast.AnnAssign)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
        and len(words.value.value) > 20
    }
    assert documented == set(struct.__struct_fields__)


def test_an_empty_file_gives_the_defaults(tmp_path: Path):
    path = tmp_path / "hub.toml"
    path.write_text("")
    assert load_config(path) == HubConfig()


def test_a_file_says_cameras_and_staff(tmp_path: Path):
    path = tmp_path / "hub.toml"
    staff = '[[staff]]\nid = "NS4021"\nrole = "OP"\n'
    path.write_text("workers = 3\ndemonstration = true\n" + staff + CAMERA)
    loaded = load_config(path)
    assert loaded.workers == 3
    assert loaded.camera == (
        CameraConfig(id="NS-C01", name="Harbour Road", controller="NS", source="/srv/c01"),
    )
    assert loaded.staff == (StaffConfig(id="NS4021", role="OP"),)


def test_settings_say_where_sealed_days_go_and_hold_no_key(tmp_path: Path, refused):
    path = tmp_path / "hub.toml"
    path.write_text('archive = "s3://reads-of-a-force/hub-1"\narchive_days_here = 30\n')
    config = load_config(path)
    assert (config.archive, config.archive_days_here) == ("s3://reads-of-a-force/hub-1", 30)
    assert "SECRET" not in refused('archive = "s3://KEY:SECRET@reads"\n')
    assert "SECRET" not in refused('archive_key = "SECRET"\n')


def test_a_hub_names_its_force_and_takes_no_other_for_granted(tmp_path: Path):
    path = tmp_path / "hub.toml"
    path.write_text('force = "Heddlu Dyfed-Powys (North)"\n')
    assert load_config(path).force == "Heddlu Dyfed-Powys (North)"
    assert HubConfig().force == ""


def test_a_force_names_the_memory_tags_that_are_usual_there(tmp_path: Path):
    path = tmp_path / "hub.toml"
    path.write_text('region_tags = ["NA-NO", "LA"]\nregion_times = 6.0\n')
    assert load_config(path).region == Region.of(["NA-NO", "LA"], times=6.0)
    path.write_text("region_times = 6.0\n")
    assert load_config(path).region == ANYWHERE


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("workers = 2\nwrokers = 3\n", 2, 'there is no setting "wrokers"'),
        ("workers = 0\n", 1, 'setting "workers"'),
        ('workers = 1\nregion_tags = ["NO-NA"]\n', 2, 'setting "region_tags": a range of region'),
        ('region_tags = ["LA"]\nregion_times = 90.0\n', 2, 'setting "region_times"'),
        ('\narchive = "/srv/archive"\n', 2, 'setting "archive"'),
        ('archive = "s3://KEY:SECRET@reads"\n', 1, 'setting "archive"'),
        ("archive_days_here = 0\n", 1, 'setting "archive_days_here"'),
        ('\n\nworkers = "two"\n', 3, 'setting "workers"'),
        (CAMERA + CAMERA.replace("C01", "C02") + "colour = 1\n", 13, '"colour"'),
        (CAMERA + CAMERA.replace("NS-C01", "ns c02"), 9, 'setting "id"'),
        (CAMERA + "latitude = 91.0\n", 7, 'setting "latitude"'),
        ("[lists]\nfolder = 1\n", 1, '"lists"'),
        ('workers = 1\nforce = "\\u001b[2J"\n', 2, 'setting "force"'),
        ("[[camera]]\nid = 'NS-C01'\n", 1, "missing required field `name`"),
        ("\n[[staff]]\nid = 'NS4021'\nrole = 'OP'\n", 2, "anpr staff found"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(refused, text: str, line: int, words: str):
    message = refused(text)
    assert message.startswith(f":{line}: "), message
    assert words in message


def test_what_is_not_toml_is_refused(refused):
    assert "not TOML" in refused("workers = = 2\n")


def test_a_camera_that_stands_there_twice_is_refused(refused):
    assert "NS-C01 stands there twice" in refused(CAMERA + CAMERA)


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(ConfigRefusedError, match="cannot be read, No such file"):
        load_config(tmp_path / "none.toml")
