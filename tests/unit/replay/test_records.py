"""Files of events: every form that CloudTrail's records come in, and files that are not usable."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ddb_perimeter.inventory import InputError
from ddb_perimeter.replay import records
from tests.unit.replay.recorded import record

ONE, TWO = record(), record()
FORMS: dict[str, str] = {
    "a trail's file": json.dumps({"Records": [ONE, TWO]}),
    "the same, for people": json.dumps({"Records": [ONE, TWO]}, indent=2),
    "lookup-events": json.dumps(
        {"Events": [{"CloudTrailEvent": json.dumps(ONE)}, {"CloudTrailEvent": json.dumps(TWO)}]},
        indent=4,
    ),
    "its events one a line": "\n".join(
        json.dumps({"CloudTrailEvent": json.dumps(each)}) for each in (ONE, TWO)
    ),
    "records one a line": f"{json.dumps(ONE)}\n\n{json.dumps(TWO)}\n",
    "files one a line": "\n".join(json.dumps({"Records": [each]}) for each in (ONE, TWO)),
    "an array": json.dumps([ONE, TWO]),
    "CloudTrail Lake": json.dumps(
        {"QueryResultRows": [[{"eventJson": json.dumps(each)}] for each in (ONE, TWO)]}
    ),
    "EventBridge": "\n".join(
        json.dumps({"detail-type": "AWS API Call via CloudTrail", "detail": each})
        for each in (ONE, TWO)
    ),
}


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "events.json") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_form_gives_the_same_records(
    file: Callable[..., Path], form: str, *, packed: bool
) -> None:
    content = FORMS[form].encode()
    path = file(gzip.compress(content) if packed else content)

    assert list(records.read([path])) == [ONE, TWO]


def test_folders_are_searched_in_order_and_files_read_once(
    file: Callable[..., Path], tmp_path: Path
) -> None:
    second = file(FORMS["an array"], "2026/b.json.gz")
    file(json.dumps(ONE), "2026/01/c.jsonl")
    file("not for us", "2026/readme.txt")
    file(json.dumps({"digestStartTime": "x", "logFiles": []}), "2026/digest.json")
    (tmp_path / "2026" / "again.json").symlink_to(second)
    (tmp_path / "2026" / "loop").symlink_to(tmp_path / "2026")

    assert list(records.read([tmp_path / "2026", second])) == [ONE, TWO, ONE]


def test_records_of_a_wrong_type_are_yielded_as_they_are(file: Callable[..., Path]) -> None:
    path = file(json.dumps({"Records": [1, None, "x", [], {}]}))

    assert list(records.read([path])) == [1, None, "x", [], {}]


# Without a time in it: every process names its tests alike.
EMPTY_ZIPPED = gzip.compress(b'{"Records": []}', mtime=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty; copy it"),
        ("{", "is not JSON"),
        ("plain text", "is not JSON"),
        ("\ud800".encode("utf-8", "surrogatepass"), "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        ('{"a": 1}', "holds no CloudTrail records"),
        ("5", "holds no CloudTrail records"),
        (f"{json.dumps(ONE)}\n{{broken\n", ":2: is not JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"Records": [' + "9" * 5000 + "]}", "is not JSON"),
        (json.dumps({"CloudTrailEvent": "{"}), "is not JSON"),
        (EMPTY_ZIPPED[:-6], "is a damaged gzip file"),
        (EMPTY_ZIPPED[:12] + b"x" * 20, "is a damaged gzip file"),
        (b"\x1f\x8bnonsense", "is a damaged gzip file"),
    ],
    ids=range(14),
)
def test_what_cannot_be_used_is_told_in_one_line(
    file: Callable[..., Path], content: str | bytes, message: str
) -> None:
    path = file(content)

    with pytest.raises(InputError) as refused:
        list(records.read([path]))
    assert str(path) in str(refused.value)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_and_a_folder_without_events(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(records.read([tmp_path / "nowhere.json"]))
    with pytest.raises(InputError, match="has no event files"):
        list(records.read([tmp_path]))


@pytest.mark.parametrize("content", [b" " * 5000, b"[" + b" " * 5000, b"{}\n" * 2000])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_grows_too_large_is_given_up(
    file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, content: bytes, *, packed: bool
) -> None:
    monkeypatch.setattr(records, "LARGEST_DOCUMENT", 1000)
    monkeypatch.setattr(records, "LARGEST_FILE", 4000)
    path = file(gzip.compress(content) if packed else content)

    with pytest.raises(InputError, match=r"unpacks to|holds no CloudTrail"):
        list(records.read([path]))


def test_many_small_lines_are_given_up_too(
    file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LARGEST_FILE", 4000)
    path = file(gzip.compress(b'{"eventName": 1}\n' * 1000))

    with pytest.raises(InputError, match="unpacks to"):
        list(records.read([path]))
