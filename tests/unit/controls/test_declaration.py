"""What a user declares to be inside, and how a mistake in it is told."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ddb_perimeter.controls import declaration
from ddb_perimeter.controls.declaration import DeclarationError, read
from ddb_perimeter.controls.perimeter import (
    EXISTING,
    DeclaredExemption,
    Perimeter,
    current_day,
)

TODAY = date(2026, 11, 22)
FULL = """
[perimeter]
accounts = ["111122223333", "444455556666"]
organization = "o-exampleorgid"
endpoints = ["vpce-0123456789abcdef0"]
vpcs = ["vpc-01234567"]
regions = ["eu-west-1", "us-gov-west-1"]
existing = ["trail", "recorder"]

[[perimeter.exemptions]]
arn = "arn:aws:iam::111122223333:role/ops/break-glass"
reason = "Repairs the table policy."
expires = 2030-12-31

[[perimeter.exemptions]]
arn = "arn:aws-cn:iam::111122223333:user/auditor"
reason = "Audits."

[application]
name = "messages"
"""
EXEMPTION = """
[[perimeter.exemptions]]
arn = "arn:aws:iam::111122223333:role/dax"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "baseline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(tmp_path: Path, text: str) -> str:
    path = write(tmp_path, text)
    with pytest.raises(DeclarationError) as caught:
        read(path, TODAY)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_everything_that_can_be_declared_is_read(tmp_path: Path) -> None:
    role = DeclaredExemption(
        "arn:aws:iam::111122223333:role/ops/break-glass",
        "Repairs the table policy.",
        date(2030, 12, 31),
    )
    user = DeclaredExemption("arn:aws-cn:iam::111122223333:user/auditor", "Audits.")

    perimeter = read(write(tmp_path, FULL), TODAY)

    assert perimeter == Perimeter(
        accounts=frozenset({"111122223333", "444455556666"}),
        organization="o-exampleorgid",
        endpoints=frozenset({"vpce-0123456789abcdef0"}),
        vpcs=frozenset({"vpc-01234567"}),
        regions=frozenset({"eu-west-1", "us-gov-west-1"}),
        existing=frozenset({"trail", "recorder"}),
        exemptions=(role, user),
        today=TODAY,
    )
    assert perimeter.exemption(user.arn) == user
    assert perimeter.exemption("arn:aws:iam::111122223333:user/auditor") is None


@pytest.mark.parametrize("text", ["", "[perimeter]", "[application]\nperimeters = 1"])
def test_nothing_declared_adds_nothing(tmp_path: Path, text: str) -> None:
    assert read(write(tmp_path, text), TODAY) == Perimeter(today=TODAY)


def test_exemptions_are_judged_today() -> None:
    assert Perimeter().today == current_day()


def test_a_last_day_still_counts() -> None:
    exemption = DeclaredExemption("arn", "why", TODAY)

    assert not exemption.expired(TODAY)
    assert exemption.expired(date(2026, 11, 23))
    assert not DeclaredExemption("arn", "why").expired(date.max)


def test_a_day_may_be_a_string(tmp_path: Path) -> None:
    text = f'{EXEMPTION}reason = "DAX  reads\\n it."\nexpires = "2030-01-31"'

    (exemption,) = read(write(tmp_path, text), TODAY).exemptions

    assert exemption.expires == date(2030, 1, 31)
    assert exemption.reason == "DAX reads it."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[perimeter]\nacounts = []",
            "perimeter.acounts is not known: did you mean accounts?",
        ),
        (
            "[perimeter]\nzzz = []",
            (
                "perimeter.zzz is not known: use one of accounts, organization, endpoints, "
                "vpcs, regions, existing, units, exemptions"
            ),
        ),
        ('[perimeter]\n"a b" = 1', 'perimeter."a b" is not known: use one of accounts'),
        ("[perimiter]\naccounts = []", "table [perimiter] is not known: did you mean [perimeter]?"),
        ("perimeter = 3", "perimeter = 3: must be a table, written [perimeter]"),
        (
            "[perimeter]\naccounts = [111122223333]",
            "perimeter.accounts[0] = 111122223333: write in quotes, a 12-digit account id",
        ),
        (
            '[perimeter]\naccounts = ["111122223333", "1111"]',
            'perimeter.accounts[1] = "1111": write a 12-digit account id, e.g. "111122223333"',
        ),
        (
            '[perimeter]\naccounts = "111122223333"',
            'perimeter.accounts = "111122223333": must be a list',
        ),
        (
            '[perimeter]\norganization = "r-root"',
            'perimeter.organization = "r-root": write an organization id',
        ),
        ("[perimeter]\norganization = []", "perimeter.organization = []: write in quotes"),
        (
            '[perimeter]\nendpoints = ["vpc-01234567"]',
            'perimeter.endpoints[0] = "vpc-01234567": write a VPC endpoint id',
        ),
        ('[perimeter]\nvpcs = ["*"]', 'perimeter.vpcs[0] = "*": write a VPC id'),
        ('[perimeter]\nregions = ["*"]', 'perimeter.regions[0] = "*": write a Region, e.g.'),
        (
            '[perimeter]\nexisting = ["trails"]',
            (
                'perimeter.existing[0] = "trails": write one of "backup-plan", "config-rules", '
                '"flow-logs", "log-bucket", "recorder", "table-key", "trail"'
            ),
        ),
        (
            "[perimeter]\nexemptions = 1",
            (
                "perimeter.exemptions = 1: must be an array of tables, "
                "written [[perimeter.exemptions]]"
            ),
        ),
        (
            '[perimeter]\nexemptions = ["arn"]',
            'perimeter.exemptions[0] = "arn": must be a table',
        ),
        (
            '[[perimeter.exemptions]]\nreason = "x"',
            "perimeter.exemptions[0].arn is missing: write the exact ARN",
        ),
        (EXEMPTION, "perimeter.exemptions[0].reason is missing: say why it is let through"),
        (f'{EXEMPTION}reason = " "', 'perimeter.exemptions[0].reason = " ": say why'),
        (
            f'{EXEMPTION}reason = "x"\nuntil = 2030-01-01',
            "perimeter.exemptions[0].until is not known: use one of arn, reason, expires",
        ),
        (
            f'{EXEMPTION}reason = "x"\nexpires = "tomorrow"',
            'perimeter.exemptions[0].expires = "tomorrow": must be a date, e.g. 2030-12-31',
        ),
        (f'{EXEMPTION}reason = "x"\nexpires = "2030-02-30"', "perimeter.exemptions[0].expires"),
        (f'{EXEMPTION}reason = "x"\nexpires = "2030-W01-1"', "perimeter.exemptions[0].expires"),
        (
            f'{EXEMPTION}reason = "x"\nexpires = 2030-01-01T00:00:00Z',
            "perimeter.exemptions[0].expires",
        ),
        (
            f'{EXEMPTION}reason = "x"\n{EXEMPTION}reason = "y"',
            (
                'perimeter.exemptions[1].arn = "arn:aws:iam::111122223333:role/dax": '
                "it is declared twice"
            ),
        ),
        ("[perimeter", "is not valid TOML: "),
        ("[perimeter]\n[perimeter]", "is not valid TOML: "),
        ("x = " + "[" * 5000, "is nested too deeply"),
        ("#" * 1_000_001, "is larger than 1 MB"),
    ],
)
def test_a_mistake_is_told_with_file_key_value_and_remedy(
    tmp_path: Path, text: str, told: str
) -> None:
    assert complaint(tmp_path, text).startswith(told)


@pytest.mark.parametrize(
    "arn",
    [
        "*",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::*:role/dax",
        "arn:aws:iam::111122223333:role/dax?",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam:::role/dax",
        "arn:aws:sts::111122223333:assumed-role/dax/session",
        "111122223333",
        "AROAEXAMPLEID",
        "arn:aws:iam::111122223333:role/größe",
        "arn:aws:iam::111122223333:role/dax\n",
        "arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:role/dax",
    ],
)
def test_an_exemption_names_exactly_one_principal(tmp_path: Path, arn: str) -> None:
    text = f'[[perimeter.exemptions]]\narn = """{arn}"""\nreason = "x"'

    assert "write the exact ARN of one role" in " ".join(_raw(tmp_path, text).split())


def _raw(tmp_path: Path, text: str) -> str:
    with pytest.raises(DeclarationError) as caught:
        read(write(tmp_path, text), TODAY)
    return str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "missing.toml", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(DeclarationError, match=told):
            read(path)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'name = "\xfc"')

    with pytest.raises(DeclarationError, match="is not UTF-8 at byte 8"):
        read(path)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_piece(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(f"[perimeter]\n{text}".encode())
    try:
        assert isinstance(read(path), Perimeter)
    except DeclarationError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 - both outcomes are allowed


REASONS = st.text(min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)


@settings(max_examples=50)
@given(
    st.builds(
        Perimeter,
        accounts=st.frozensets(st.sampled_from(["111122223333", "444455556666"])),
        organization=st.sampled_from(["", "o-exampleorgid"]),
        endpoints=st.sampled_from([frozenset(), frozenset({"vpce-0123456789abcdef0"})]),
        vpcs=st.sampled_from([frozenset(), frozenset({"vpc-01234567"})]),
        regions=st.sampled_from([frozenset(), frozenset({"eu-west-1", "us-gov-west-1"})]),
        existing=st.frozensets(st.sampled_from(EXISTING)),
        exemptions=st.lists(
            st.builds(
                DeclaredExemption,
                st.integers(0, 99).map(lambda n: f"arn:aws:iam::111122223333:role/role{n}"),
                REASONS,
                st.none() | st.dates(),
            ),
            max_size=3,
            unique_by=lambda exemption: exemption.arn,
        ).map(tuple),
        today=st.just(TODAY),
    )
)
@example(
    Perimeter(
        exemptions=(DeclaredExemption("arn:aws:iam::111122223333:role/a", 'a "b" \\ c \x7f é 😀'),),
        today=TODAY,
    )
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, perimeter: Perimeter
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_text(declaration.write(perimeter), encoding="utf-8")

    assert read(path, TODAY) == perimeter
