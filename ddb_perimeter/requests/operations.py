"""Who sets up, deploys, repairs and checks: the requests about everything but the data."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from ddb_perimeter.controls.perimeter import Duty
from ddb_perimeter.controls.reach import own_layers
from ddb_perimeter.inventory.iam import identities
from ddb_perimeter.policy.document import Effect
from ddb_perimeter.requests import handlers
from ddb_perimeter.requests.trial import CLOUDFORMATION, INTERNET, SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ddb_perimeter.policy.document import Policy
    from ddb_perimeter.requests.scene import Scene
    from ddb_perimeter.requests.trial import Trial


FUNCTION: Final = "AWS::Lambda::Function"
_HANDS_OVER: Final = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:UpdateTerminationProtection",
)
_BOOTSTRAP_TYPES: Final = (
    "AWS::ECR::Repository",
    "AWS::IAM::Role",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SSM::Parameter",
)
# What a check of the live account asks; every one of them only looks.
_VERIFIES: Final = (
    "backup:GetBackupVaultAccessPolicy",
    "backup:ListBackupVaults",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "config:DescribeConfigRules",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "dax:DescribeClusters",
    "dax:DescribeParameters",
    "dax:DescribeSubnetGroups",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeContributorInsights",
    "dynamodb:DescribeKinesisStreamingDestination",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListStreams",
    "dynamodb:ListTables",
    "dynamodb:ListTagsOfResource",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcEndpoints",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
)
_REPAIRS: Final = (
    "cloudtrail:StartLogging",
    "cloudtrail:UpdateTrail",
    "config:PutConfigurationRecorder",
    "ec2:DeleteRoute",
    "ec2:ModifyVpcEndpoint",
    "kms:PutKeyPolicy",
)


def bootstrap(scene: Scene) -> Iterator[Trial]:
    """Yield what `cdk bootstrap` calls, and what makes the roles that are exempt."""
    deploying = scene.operators(Duty.DEPLOY)
    roles = [arn for arn in dict.fromkeys(scene.operators(*Duty)) if ":role/" in arn]
    for who in scene.operators(Duty.BOOTSTRAP):
        what = "bootstrap"
        yield scene.trial(what, who, "cloudformation:CreateChangeSet", "*", INTERNET)
        for action in handlers.handled(_BOOTSTRAP_TYPES):
            if action == handlers.PASS_ROLE:
                continue  # below, with whom it is for
            named = roles if action in handlers.ROLE_CHANGES else ["*"]
            for resource in named:
                yield scene.trial(what, who, action, resource, CLOUDFORMATION)
        for role in deploying:
            yield _passes(scene, what, who, role)


def hand_over(scene: Scene) -> Iterator[Trial]:
    """Yield what `cdk deploy` calls itself."""
    for who in scene.operators(Duty.HAND_OVER):
        for action in _HANDS_OVER:
            yield scene.trial("deployment is started", who, action, "*", INTERNET)
        for role in scene.operators(Duty.DEPLOY):
            yield _passes(scene, "deployment is started", who, role)


def _passes(scene: Scene, purpose: str, who: str, role: str) -> Trial:
    """Return that somebody hands a deploying role to CloudFormation."""
    to = {"iam:PassedToService": "cloudformation.amazonaws.com"}
    return scene.trial(purpose, who, handlers.PASS_ROLE, role, INTERNET, to)


def deployment(scene: Scene) -> Iterator[Trial]:
    """Yield what CloudFormation calls to create, change and delete the stacks."""
    world = scene.place.world
    resources = handlers.deployed(scene.inventory, world.account, world.region)
    for who in scene.operators(Duty.DEPLOY):
        # CDK's role works by itself; another caller's requests are forwarded.
        origin = SERVICE if ":role/cdk-" in who else CLOUDFORMATION
        for type_, action, resource, context in handlers.calls(resources):
            yield scene.trial(f"deployment of {type_}", who, action, resource, origin, context)


def repair(scene: Scene) -> Iterator[Trial]:
    """Yield what breaking the glass is for."""
    for who in scene.operators(Duty.BREAK_GLASS):
        for action in _REPAIRS:
            yield scene.trial("repair", who, action, "*", INTERNET)


def functions(scene: Scene) -> Iterator[Trial]:
    """Yield what functions of the templates call: whatever their roles spell out."""
    by_arn = {role.arn: role for role in identities(scene.inventory).roles}
    for function in scene.here(FUNCTION):
        identity = by_arn.get(str(function.at("Role")))
        if identity is None or identity.arn is None:
            continue
        for action, resource in _spelled(own_layers(identity, scene.inventory).identity or ()):
            yield scene.trial(
                f"function {function.logical_id}", identity.arn, action, resource, INTERNET
            )


def verification(scene: Scene) -> Iterator[Trial]:
    """Yield what a check of the account looks at."""
    who = scene.place.arn("iam", "role/verifier")
    for action in _VERIFIES:
        named = action.startswith("dynamodb:") and action != "dynamodb:ListTables"
        for resource in [each.arns[0] for each in scene.tables] if named else ["*"]:
            yield scene.trial("verify", who, action, resource, INTERNET)


def _spelled(policies: Iterable[Policy]) -> Iterator[tuple[str, str]]:
    """Yield what policies allow action by action, but for the data, which has its own trials."""
    for policy in policies:
        for statement in policy.with_effect(Effect.ALLOW):
            if statement.not_actions or statement.not_resources:
                continue
            for action, resource in itertools.product(statement.actions, statement.resources or ()):
                if not isinstance(action, str) or not isinstance(resource, str):
                    continue
                data = action.startswith(("dynamodb:", "dax:"))
                if not data and "*" not in action and "*" not in resource[:-1]:
                    yield action, resource
