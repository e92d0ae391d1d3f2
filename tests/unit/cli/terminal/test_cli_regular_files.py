"""Files that a person names: pipes and devices are refused at once, and what is written is whole and private."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from traboule.cli.main import run
from traboule.cli.terminal.regular_files import read_regular, write_whole
from traboule.core.errors import Refused


def pipe_in(folder: Path) -> Path:
    os.mkfifo(folder / "return.xlsx")
    return folder / "return.xlsx"


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path):
    with pytest.raises(Refused) as refusal:
        read_regular(pipe_in(tmp_path))
    assert refusal.value.code == "file-not-regular"
    assert "return.xlsx" in refusal.value.sentence("fr")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused_also_behind_a_link(tmp_path, device):
    (tmp_path / "return.xlsx").symlink_to(device)
    with pytest.raises(Refused) as refusal:
        read_regular(tmp_path / "return.xlsx")
    assert refusal.value.code == "file-not-regular"


def test_a_file_and_a_link_to_one_are_read_up_to_the_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"12345678")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_regular(tmp_path / "b", most=8) == b"12345678"
    with pytest.raises(Refused) as refusal:
        read_regular(tmp_path / "a", most=7)
    assert refusal.value.code == "file-large"


def test_what_is_written_is_its_writers_alone_and_leaves_nothing_beside_it(tmp_path):
    write_whole(tmp_path / "new" / "receipt.json", b"{}")
    assert (tmp_path / "new" / "receipt.json").read_bytes() == b"{}"
    assert stat.S_IMODE((tmp_path / "new" / "receipt.json").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["receipt.json"]


def test_a_folder_in_the_way_is_named_and_what_was_there_stays(tmp_path):
    (tmp_path / "receipt.json").mkdir()
    with pytest.raises(OSError, match=r"receipt\.json") as failure:
        write_whole(tmp_path / "receipt.json", b"{}")
    assert failure.value.filename == str(tmp_path / "receipt.json")


def test_the_commands_refuse_a_pipe_in_words(tmp_path, capsys):
    assert run(["--data", str(tmp_path / "data"), "return", "check", str(pipe_in(tmp_path))]) != 0
    said = " ".join(capsys.readouterr().err.split())
    assert "is a pipe or a device" in said
    assert "Traceback" not in said
