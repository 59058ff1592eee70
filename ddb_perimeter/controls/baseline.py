"""The perimeter that this project's own `baseline.toml` implies.

The CDK app validates the file; here it is only read, so that `check --config baseline.toml` and the
checks of a synth go by the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ddb_perimeter.controls.perimeter import DeclaredExemption, Duty, Operator, Perimeter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

_QUALIFIER: Final = "hnb659fds"
_BOOTSTRAP: Final = "OrganizationAccountAccessRole"
_NAMED: Final = {"export": Duty.EXPORT, "restore": Duty.RESTORE, "backup": Duty.BACK_UP}


def is_baseline(document: Mapping[str, object]) -> bool:
    """Return whether a TOML document is the configuration of a baseline.

    Args:
        document: the decoded file.
    """
    return {"project", "regions"} <= document.keys()


def perimeter_of(document: Mapping[str, Any], today: date) -> Perimeter:
    """Return what a baseline's configuration declares to be inside.

    Args:
        document: the decoded file, or the configuration dumped in its shape.
        today: the day on which exemptions are judged.

    Raises:
        KeyError, TypeError, AttributeError: it has not the shape of a configuration.
    """
    regions = document["regions"]
    organization = document.get("organization") or {}
    audit = document.get("audit") or {}
    existing = {name for name in ("trail", "recorder") if audit.get(name) == "existing"}
    if (document.get("table") or {}).get("backup_plan") is False:
        existing.add("backup-plan")  # the user backs the table up in another way
    return Perimeter(
        accounts=frozenset(
            reader["account"]
            for region in regions
            for reader in (region.get("cache") or {}).get("readers") or ()
        ),
        vpcs=frozenset(region["vpc"]["id"] for region in regions if region.get("vpc")),
        existing=frozenset(existing),
        exemptions=tuple(
            DeclaredExemption(each["arn"], each["reason"], each.get("expires"))
            for each in (document.get("access") or {}).get("exemptions") or ()
        ),
        member_of=organization.get("id", ""),
        units=frozenset(organization.get("targets", ())),
        # Without an organization nothing is asked of them.
        operators=tuple(_operators(document.get("administration") or {}, organization))
        if organization
        else (),
        today=today,
    )


def _operators(
    administration: Mapping[str, Any], organization: Mapping[str, Any]
) -> Iterator[Operator]:
    """Yield who works with the perimeter by its configuration, where that is left out as well."""
    cdk = f"cdk-{administration.get('bootstrap_qualifier') or _QUALIFIER}"
    # Whoever else is named to deploy: `cdk deploy` still hands its execution role over.
    yield Operator(Duty.HAND_OVER, f"{cdk}-deploy-role-{{account}}-{{region}}")
    deploy = administration.get("deploy")
    if deploy is None:
        deploy = [f"{cdk}-cfn-exec-role-{{account}}-{{region}}"]
    yield from (Operator(Duty.DEPLOY, role) for role in deploy)
    bootstrap = organization.get("bootstrap", (_BOOTSTRAP,))
    yield from (Operator(Duty.BOOTSTRAP, role) for role in bootstrap)
    for key, duty in _NAMED.items():
        yield from (Operator(duty, role) for role in administration.get(key) or ())
    broken = organization.get("break_glass") or ()
    yield from (Operator(Duty.BREAK_GLASS, role) for role in broken)
