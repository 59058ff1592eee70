"""Steps that several runbooks share."""

from __future__ import annotations

from typing import Final

from private_dynamodb.detection.alert import Step

SHOW_POLICY: Final = "aws dynamodb get-resource-policy --resource-arn $TABLE_ARN"

END_SESSIONS: Final = Step(
    "If nobody of you did it, end the caller's sessions: deny everything to the role "
    "that the message names. This stops its legitimate use as well.",
    (
        (
            "aws iam put-role-policy --role-name $ROLE --policy-name stopped --policy-document "
            '\'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}\''
        ),
    ),
)


def revert(stack: str) -> Step:
    """Return the step that reverts a stack to its template.

    Args:
        stack: how the stack's name ends, e.g. ``network``.
    """
    return Step(
        "Revert what CloudFormation made to its template: it sees this drift.",
        (
            (
                f"aws cloudformation create-change-set --stack-name $PROJECT-{stack} "
                "--change-set-name revert --use-previous-template --deployment-mode REVERT_DRIFT"
            ),
            (
                f"aws cloudformation execute-change-set --stack-name $PROJECT-{stack} "
                "--change-set-name revert"
            ),
        ),
    )
