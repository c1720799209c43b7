"""Peers in environments of their own, and the files that everybody is given."""

import sys
from pathlib import Path

import pytest

from benchmarks import _contest, _corpus, _peers
from benchmarks._contest import Contest
from benchmarks._peers import PYAIS, Peer, needs_compiler
from deploy.local.say import Missing

LINE = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n"
TWO = (
    b"!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C\r\n"
    b"!AIVDM,2,2,1,A,88888888880,2*25\r\n"
)


def test_a_mix_is_the_recordings_over_and_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data" / "nmea"
    data.mkdir(parents=True)
    (data / "a.nmea").write_bytes(b"noise\n" + LINE.rstrip())
    (data / "b.nmea").write_bytes(TWO)
    monkeypatch.setenv("FLEET_REAL_DATA", str(data.parent))
    made = _corpus.mix(tmp_path, 10)
    assert made.sentences == 12
    assert made.path.read_bytes() == (b"noise\n" + LINE + TWO) * 4
    only = _corpus.positions(tmp_path, made)
    assert only.sentences == 4
    assert only.path.read_bytes() == LINE * 4
    assert _corpus.large(tmp_path, 1000).path.stat().st_size >= 1000


def test_without_recordings_the_simulator_sails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_REAL_DATA", str(tmp_path / "away"))
    monkeypatch.setattr(_corpus, "HOURS", 0.02)
    made = _corpus.mix(tmp_path, 1)
    assert made.origin == "simulated port × 1"
    assert made.sentences > 100


def test_a_file_that_does_not_fit_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="do not fit"):
        _corpus.large(tmp_path, 10**18)
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_behind() -> None:
    with _corpus.folder() as folder:
        (folder / "x").write_text("x")
    assert not folder.exists()


def test_who_cannot_come_is_a_line_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(Missing, match="install g\\+\\+") as reason:
        needs_compiler("libais")
    contest = Contest()

    def absent() -> None:
        raise reason.value

    contest.add("libais", absent, lambda _: pytest.fail("measured all the same"))
    assert contest.ways == {}
    figure = contest.figure("full mix", 1, {}, ("fleet", "libais"))
    assert figure.why.startswith("not measured: PyPI has the source of libais only")


def test_an_environment_is_made_anew_only_for_another_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(_peers, "LOCKS", tmp_path)
    monkeypatch.setattr(_peers, "local", lambda: tmp_path)

    def make(peer: Peer) -> None:
        peer.home.mkdir(parents=True, exist_ok=True)
        made.append((tmp_path / "x.txt").read_text())

    monkeypatch.setattr(Peer, "_make", make)
    for text in ("one", "one", "two"):
        (tmp_path / "x.txt").write_text(text)
        Peer("x").python()
    assert made == ["one", "two"]


def test_a_program_is_timed_without_its_start(tmp_path: Path) -> None:
    """Half a second of start, and work that the input asks for."""
    file, empty = tmp_path / "file", tmp_path / "empty"
    file.write_text("x")
    empty.touch()
    code = (
        "import sys, time\n"
        "def burn(s):\n"
        "    end = time.process_time() + s\n"
        "    while time.process_time() < end: pass\n"
        "burn(0.3)\n"
        "burn(0.5) if sys.stdin.read() else None\n"
    )
    timing = _contest.program([sys.executable, "-c", code], file, empty)(0)
    assert 0.3 < timing.cpu < 0.75


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_peer_decodes_in_its_own_environment(tmp_path: Path) -> None:
    """Really installs pyais from its lock, unless it is there."""
    file = tmp_path / "x.nmea"
    file.write_bytes((LINE + TWO) * 10)
    assert PYAIS.python().is_relative_to(PYAIS.home)
    contest = Contest()
    contest.enter("pyais", "pyais", file)
    took = contest.ways["pyais"](0)
    assert contest.messages == {"pyais": 20}
    assert 0 < took.cpu < 10


def test_a_peer_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"fleet failed: .*No such file"):
        _contest.decoded("fleet", tmp_path / "away")


def test_our_own_decoder_takes_part(tmp_path: Path) -> None:
    file = tmp_path / "x.nmea"
    file.write_bytes(LINE * 10 + TWO)
    found = _contest.decoded("fleet", file, 80)
    assert found["messages"] == 11
    assert found["peak"] > 10_000_000
