"""The organization's policies: whether AWS takes them, whom they exempt, what they close and break.

What they close and break is asked of the policies that surely bind the account of a table.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.control import broken, control, exempt, holds, unknown, unresolved
from ddb_perimeter.findings import Exposure, Severity, Verdict
from ddb_perimeter.inventory.organization import (
    ORGANIZATION_POLICY,
    OrganizationPolicy,
    organization_policies,
)
from ddb_perimeter.policy.document import Effect, Policy
from ddb_perimeter.policy.evaluate import Outcome
from ddb_perimeter.policy.organization import OrganizationPolicyType, problems
from ddb_perimeter.policy.request import Kind
from ddb_perimeter.requests.dry_run import TRIED, stages
from ddb_perimeter.requests.handlers import ROLE_CHANGES
from ddb_perimeter.requests.proof import denied
from ddb_perimeter.requests.stack_sets import ROLE_PATTERN
from ddb_perimeter.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ddb_perimeter.controls.control import Judgment, Judgments
    from ddb_perimeter.controls.perimeter import Perimeter
    from ddb_perimeter.findings import Evidence
    from ddb_perimeter.inventory import Inventory, Resource
    from ddb_perimeter.policy.document import Statement
    from ddb_perimeter.requests.dry_run import Stage, Tried
    from ddb_perimeter.requests.trial import Trial

_GUIDE: Final = "https://docs.aws.amazon.com/organizations/latest/userguide"
_TYPES: Final = frozenset({ORGANIZATION_POLICY})
# Nobody can create a role under this path but AWS.
_AWS_OWN: Final = ":role/aws-service-role/"
_ARN_FIELDS: Final = 6


@control(
    id="org-policy-valid",
    title="AWS Organizations takes every SCP and RCP",
    severity=Severity.MEDIUM,
    why="A policy that is too large, or of a form that its type does not take, is refused when it "
    "is deployed, and the one before it stays.",
    source=f"{_GUIDE}/orgs_manage_policies_rcps_syntax.html",
    fix="An SCP has no Principal and at most 10,240 characters; an RCP denies to Principal *, "
    "names services that RCPs apply to, has no NotAction and at most 5,120 characters.",
    types=_TYPES,
)
def organization_policies_valid(inventory: Inventory, _: Perimeter) -> Judgments:
    policies = organization_policies(inventory)
    for policy in policies:
        resource = policy.resource
        if (doubt := _doubt(policy)) is not None:
            yield unresolved(resource.subject(), "the policy", doubt, evidence=_at(policy))
            continue
        found = list(_refused(policy))
        for problem in found:
            yield broken(resource.subject(), f"{policy.label}: {problem}", evidence=_at(policy))
        if not found:
            yield holds(resource.subject())
    yield from _crowded(policies)


def _refused(policy: OrganizationPolicy) -> Iterator[str]:
    if isinstance(policy.type, Unknown) or not isinstance(policy.document, dict):
        yield "the document is no object"
        return
    yield from problems(policy.type, policy.document)


def _crowded(policies: tuple[OrganizationPolicy, ...]) -> Iterator[Judgment]:
    """Judge how many policies a target has; AWS attaches one of its own."""
    attached = Counter(
        (policy.type, target)
        for policy in policies
        if not isinstance(policy.type, Unknown) and not isinstance(policy.targets, Unknown)
        for target in policy.targets
    )
    for policy in policies:
        if isinstance(policy.type, Unknown) or isinstance(policy.targets, Unknown):
            continue
        most = policy.type.most_attached - 1
        full = sorted(each for each in policy.targets if attached[policy.type, each] > most)
        if full:
            yield broken(
                policy.resource.subject(),
                f"{full[0]} has {attached[policy.type, full[0]]} {policy.type.short}s, and takes "
                f"{most} beside the one of AWS",
                evidence=policy.resource.evidence(policy.TARGETS),
                fix="Pack the statements into fewer policies.",
            )


@control(
    id="org-policy-attached",
    title="Every SCP and RCP is attached to something",
    severity=Severity.MEDIUM,
    why="A policy that is attached to nothing binds nobody, and looks as if it did.",
    source=f"{_GUIDE}/orgs_policies_attach.html",
    fix="Name organizational units or accounts in TargetIds.",
    types=_TYPES,
)
def organization_policies_attached(inventory: Inventory, _: Perimeter) -> Judgments:
    for policy in organization_policies(inventory):
        resource = policy.resource
        evidence = resource.evidence(policy.TARGETS)
        if isinstance(policy.targets, Unknown):
            yield unresolved(resource.subject(), "TargetIds", policy.targets, evidence=evidence)
        elif not policy.targets:
            yield broken(
                resource.subject(), f"{policy.label} is attached to nothing", evidence=evidence
            )
        else:
            yield holds(resource.subject())


@control(
    id="org-exemption-exact",
    title="SCPs and RCPs exempt named principals only",
    severity=Severity.HIGH,
    why="Whoever may create a role whose name a pattern matches is exempt, in every account that "
    "the policy is attached to.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    fix="Name each role; ${aws:PrincipalAccount} stands for the account in its name.",
    types=_TYPES,
)
def exemptions_exact(inventory: Inventory, _: Perimeter) -> Judgments:
    policies = organization_policies(inventory)
    for policy in policies:
        subject = policy.resource.subject()
        if _doubt(policy) is not None:
            continue  # said by org-policy-valid
        read = Policy.read(policy.document, policy.label)
        loose = False
        named: dict[str, list[str]] = {}
        for statement in read.with_effect(Effect.DENY):
            for value in dict.fromkeys(_exempted(statement)):
                if isinstance(value, Unknown) or (
                    _is_pattern(value) and not _is_stack_sets_own(value, policy, policies)
                ):
                    loose = True
                    shown = value.text if isinstance(value, Unknown) else value
                    yield broken(
                        subject,
                        f"{statement.label} of the {policy.label} exempts {shown}, which may be "
                        "many",
                        exposure=Exposure.WEAKENED,
                        evidence=policy.resource.evidence(
                            f"{policy.CONTENT}.Statement[{statement.index}]", statement.sid
                        ),
                    )
                else:
                    named.setdefault(value, []).append(statement.label)
        for principal, statements in named.items():
            yield exempt(subject, principal, f"named in {', '.join(statements)}")
        if not loose:
            yield holds(subject)


def _exempted(statement: Statement) -> Iterator[str | Unknown]:
    """Yield the principals that a Deny lets through by their ARN."""
    for condition in statement.conditions:
        operator = condition.operator
        if condition.name == "aws:principalarn" and operator and operator.negated:
            yield from condition.values


def _is_pattern(arn: str) -> bool:
    """Say whether an ARN may stand for roles of several names."""
    name = arn.split(":", _ARN_FIELDS - 1)[-1]
    return ("*" in name or "?" in name) and _AWS_OWN not in arn


def _is_stack_sets_own(
    arn: str, policy: OrganizationPolicy, policies: tuple[OrganizationPolicy, ...]
) -> bool:
    """Say whether only StackSets can make the roles of a pattern.

    AWS makes them by a service-linked role. Nobody else can where an SCP on the same targets
    denies it to everybody, which its statement does without a condition.
    """
    targets, scp = policy.targets, OrganizationPolicyType.SERVICE_CONTROL
    return (
        arn.endswith(ROLE_PATTERN)
        and policy.type is scp
        and not isinstance(targets, Unknown)
        and any(
            _denies_everybody(statement)
            for each in policies
            if each.type is scp
            and not isinstance(each.targets, Unknown)
            and targets <= each.targets
            for statement in Policy.read(each.document, each.label).with_effect(Effect.DENY)
        )
    )


def _denies_everybody(statement: Statement) -> bool:
    """Say whether a statement closes every change of the roles of StackSets to everybody."""
    if statement.effect is not Effect.DENY or statement.conditions or statement.problem:
        return False
    if statement.not_actions or statement.not_resources:
        return False
    closed = {str(action).lower() for action in statement.actions}
    wanted = {action.lower() for action in ROLE_CHANGES}
    return wanted <= closed and any(
        str(resource) == f"arn:*:iam::*{ROLE_PATTERN}" for resource in statement.resources or ()
    )


@control(
    id="org-legitimate-works",
    title="No guardrail stops what has to work",
    severity=Severity.HIGH,
    why="A guardrail that stops a deployment, a restore or the application is switched off in a "
    "hurry, and stays off.",
    source=f"{_GUIDE}/orgs_manage_policies_scps.html",
    fix="Exempt the role that the request comes from, by its name, in the statement that denies "
    "it; `ddb-perimeter dry-run` lists every request.",
    types=TRIED,
)
def legitimate_works(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stage in stages(inventory, perimeter):
        table = stage.scene.guarded[0]
        doubts = [
            unknown(
                each.subject(),
                f"nobody here knows what CloudFormation calls for {each.type}, so a guardrail may "
                "stop its deployment",
            )
            for each in stage.undescribed()
        ]
        trials = stage.legitimate()
        tried = [stage.ask(each, wanted=True) for each in trials]
        stopped = [each for each in tried if not each.as_wanted]
        judged = [*doubts, *_stopped(stage, stopped)]
        if not stopped:
            judged += _unproved(stage, trials)
        yield from judged or [holds(table.subject)]


def _stopped(stage: Stage, stopped: list[Tried]) -> Iterator[Judgment]:
    """Judge requests that a layer stops, once for each statement that does."""
    by_statement: dict[tuple[str, str], list[Tried]] = {}
    for each in stopped:
        statement = each.decision.statement
        key = (each.decision.policy, statement.label if statement else "")
        by_statement.setdefault(key, []).append(each)
    for (name, sid), group in by_statement.items():
        first = group[0]
        request = first.trial.request
        more = f" and {len(group) - 1} more that must work" if len(group) > 1 else ""
        subject, evidence = _who_denies(stage, name, sid)
        if first.decision.outcome is Outcome.UNKNOWN:
            yield unknown(subject.subject(), f"{sid} of the {name} may deny {request.action}{more}")
            continue
        by = f"{sid} of the {name} denies" if sid else "nothing allows"
        yield broken(
            subject.subject(),
            f"{by} {request.action} to {request.caller} ({first.trial.purpose}){more}",
            evidence=evidence,
            counterexample=request.counterexample("denied", str(first.decision)),
        )


def _unproved(stage: Stage, trials: tuple[Trial, ...]) -> Iterator[Judgment]:
    """Judge what the proof finds beyond the requests that were tried one by one."""
    signed = [each for each in trials if each.request.caller.kind is not Kind.SERVICE]
    for trial, answer in denied(stage.ceiling, signed):
        statement = answer.statements[0] if answer.statements else None
        resource, evidence = _who_denies(
            stage, statement.policy if statement else "", statement.sid if statement else ""
        )
        message = f"{trial.purpose}: {trial.request.action} is not always let through: {answer.why}"
        if answer.verdict is Verdict.UNKNOWN:
            yield unknown(resource.subject(), message, evidence=evidence)
        else:
            yield broken(
                resource.subject(),
                message,
                evidence=evidence,
                counterexample=answer.counterexample,
            )


def _who_denies(stage: Stage, name: str, sid: str) -> tuple[Resource, Evidence]:
    """Return the resource of a policy, and where a statement is; else the table."""
    for policy in organization_policies(stage.scene.inventory):
        if policy.label == name:
            return policy.resource, policy.resource.evidence(policy.CONTENT, sid)
    table = stage.scene.guarded[0].resource
    return table, table.evidence()


@control(
    id="org-perimeter-closed",
    title="The guardrails stop what takes the perimeter apart",
    severity=Severity.HIGH,
    why="A member account's administrator can change everything inside the account: policies, "
    "endpoints, roles, the trail. Only the organization's policies bind them.",
    source=f"{_GUIDE}/orgs_manage_policies_authorization_policies.html",
    fix="Deny it to everybody but named roles in an SCP, or for strangers in an RCP; `Guardrails` "
    "has a statement for each.",
    types=TRIED,
)
def perimeter_closed(inventory: Inventory, perimeter: Perimeter) -> Judgments:
    for stage in stages(inventory, perimeter):
        subject = stage.scene.guarded[0].subject
        passed = [
            each
            for each in (stage.ask(trial, wanted=False) for trial in stage.attempts())
            if not each.as_wanted
        ]
        told: set[str] = set()
        for each in passed:
            request = each.trial.request
            if request.action in told:
                continue
            told.add(request.action)
            if each.decision.outcome is Outcome.UNKNOWN:
                yield unknown(subject, f"{each.trial.purpose}: {each.decision}")
            else:
                yield broken(
                    subject,
                    f"no policy above the account stops {request.action}: {each.trial.purpose}",
                    exposure=Exposure.WEAKENED,
                    counterexample=request.counterexample(
                        "allowed", "no organization policy that surely binds the account denies it"
                    ),
                )
        if not passed:
            yield holds(subject)


def _doubt(policy: OrganizationPolicy) -> Unknown | None:
    """Return what cannot be told about a policy, or None."""
    if isinstance(policy.type, Unknown):
        return policy.type
    waiting: list[object] = [policy.document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Unknown):
            return each
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return None


def _at(policy: OrganizationPolicy) -> Evidence:
    return policy.resource.evidence(policy.CONTENT)
