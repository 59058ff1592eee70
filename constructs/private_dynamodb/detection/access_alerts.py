"""Alerts about who has access besides: roles, keys, caches, and other accounts."""

from __future__ import annotations

from typing import Final

from private_dynamodb.detection.alert import Alert, CacheErrors, Calls, ExternalAccess, Step, Thing
from private_dynamodb.detection.steps import END_SESSIONS, SHOW_POLICY, revert

ROLE_CHANGED: Final = Alert(
    id="role-changed",
    title="A role that reaches the data was changed",
    meaning="The role of the cache is exempt from the network Deny of the table: whoever may "
    "assume it, or widens what it may do, is inside. So is whoever becomes a reader, a writer, an "
    "exempt role or the deployment role. IAM tells about its calls in one Region only "
    "(us-east-1), so the rule is there.",
    signals=(
        Calls(
            "iam",
            (
                "AttachRolePolicy",
                "DeleteRole",
                "DeleteRolePermissionsBoundary",
                "DeleteRolePolicy",
                "DetachRolePolicy",
                "PutRolePermissionsBoundary",
                "PutRolePolicy",
                "UpdateAssumeRolePolicy",
            ),
            (("roleName", Thing.ROLE),),
            shows=("policyArn", "policyName"),
        ),
        # The policies of these roles are managed ones: another version changes what they may do.
        Calls(
            "iam",
            ("CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"),
            (("policyArn", Thing.PROJECT),),
        ),
    ),
    look=(
        Step(
            "Read who may assume the role, and what it may do.",
            (
                "aws iam get-role --role-name $ROLE --query Role.AssumeRolePolicyDocument",
                "aws iam list-attached-role-policies --role-name $ROLE",
                "aws iam list-role-policies --role-name $ROLE",
            ),
        ),
        Step(
            "See who used it since.",
            (
                (
                    "aws cloudtrail lookup-events --lookup-attributes "
                    "AttributeKey=ResourceName,AttributeValue=$ROLE"
                ),
            ),
        ),
    ),
    repair=(
        Step(
            "Take away what was added.",
            (
                "aws iam detach-role-policy --role-name $ROLE --policy-arn $POLICY_ARN",
                "aws iam delete-role-policy --role-name $ROLE --policy-name $POLICY",
                (
                    "aws iam set-default-policy-version --policy-arn $POLICY_ARN "
                    "--version-id $GOOD_VERSION"
                ),
            ),
        ),
        revert("data"),
    ),
    controls=(
        "dax-role-trust-dax-only",
        "dax-role-read-only",
        "dax-role-table-scoped",
        "iam-no-stranger-assumes",
    ),
)

CACHE_CHANGED: Final = Alert(
    id="cache-changed",
    title="The cache was changed, or another cache was made",
    meaning="Whoever may call a cache gets what its role may read. Another cluster, another "
    "security group or longer times to live change who sees what, and for how long.",
    signals=(
        Calls(
            "dax",
            (
                "DecreaseReplicationFactor",
                "DeleteCluster",
                "IncreaseReplicationFactor",
                "UpdateCluster",
                "UpdateParameterGroup",
                "UpdateSubnetGroup",
            ),
            (
                ("clusterName", Thing.CLUSTER),
                ("parameterGroupName", Thing.PROJECT),
                ("subnetGroupName", Thing.PROJECT),
            ),
        ),
        Calls("dax", ("CreateCluster",), shows=("clusterName", "iamRoleArn")),
    ),
    look=(
        Step(
            "Look at roles, security groups and parameters of all clusters.",
            ("aws dax describe-clusters", "aws dax describe-parameter-groups"),
        ),
    ),
    repair=(
        Step(
            "Delete a cluster that nobody ordered.",
            ("aws dax delete-cluster --cluster-name $CLUSTER",),
        ),
        Step(
            "Give your own cluster its groups back.",
            (
                (
                    "aws dax update-cluster --cluster-name $CLUSTER --security-group-ids $GROUP "
                    "--parameter-group-name $PARAMETER_GROUP"
                ),
            ),
        ),
        END_SESSIONS,
    ),
    controls=("dax-sg-source-only", "dax-ttl-bounded", "dax-role-exists"),
)

KEY_CHANGED: Final = Alert(
    id="key-changed",
    title="A key of the baseline was disabled, scheduled for deletion or opened",
    meaning="Without its key the table, a backup or a log cannot be read, and a deleted key takes "
    "the data with it for good. A wider key policy lets others use it.",
    signals=(
        Calls(
            "kms",
            ("DisableKey", "DisableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"),
            (("keyId", Thing.KEY),),
        ),
    ),
    look=(
        Step(
            "Look at state, rotation and policy of the key.",
            (
                "aws kms describe-key --key-id $KEY",
                "aws kms get-key-rotation-status --key-id $KEY",
                "aws kms get-key-policy --key-id $KEY",
            ),
        ),
    ),
    repair=(
        Step(
            "Cancel the deletion, which leaves the key disabled, and enable it.",
            (
                "aws kms cancel-key-deletion --key-id $KEY",
                "aws kms enable-key --key-id $KEY",
                "aws kms enable-key-rotation --key-id $KEY",
            ),
        ),
        Step(
            "Put the policy back, as the stack's template has it.",
            ("aws kms put-key-policy --key-id $KEY --policy file://key-policy.json",),
        ),
        END_SESSIONS,
    ),
    controls=("ddb-cmk-key-policy", "kms-key-rotation", "trail-kms-key-policy"),
)

EXTERNAL_ACCESS: Final = Alert(
    id="external-access-found",
    title="IAM Access Analyzer found that somebody outside the account has access",
    meaning="A policy of a table, stream, key, bucket, topic or role lets in a principal of "
    "another account, or anybody. Reader accounts that you configured are found too: archive "
    "those.",
    signals=(ExternalAccess(),),
    look=(
        Step(
            "Read the findings.",
            (
                "aws accessanalyzer list-analyzers --type ACCOUNT",
                "aws accessanalyzer list-findings-v2 --analyzer-arn $ANALYZER_ARN",
            ),
        ),
    ),
    repair=(
        Step(
            "Unwanted: narrow the policy of the resource that the finding names, and let it be "
            "judged again.",
            (
                (
                    "aws accessanalyzer start-resource-scan --analyzer-arn $ANALYZER_ARN "
                    "--resource-arn $RESOURCE_ARN"
                ),
            ),
        ),
        Step(
            "Wanted: archive the finding, and write down why.",
            (
                (
                    "aws accessanalyzer update-findings --analyzer-arn $ANALYZER_ARN "
                    "--status ARCHIVED --ids $FINDING"
                ),
            ),
        ),
    ),
    controls=("ddb-table-policy-not-public", "ddb-policy-no-cross-account"),
    deployed=False,
)

CACHE_ERRORS: Final = Alert(
    id="cache-errors",
    title="The cache answers with errors",
    meaning="The cluster fails, its role may no longer read the table, or clients ask for what "
    "they may not.",
    signals=(
        CacheErrors("FaultRequestCount", 1, "the cache failed to answer"),
        CacheErrors("ErrorRequestCount", 10, "the cache refused requests"),
    ),
    look=(
        Step(
            "Look at the cluster and at its events.",
            (
                "aws dax describe-clusters --cluster-names $CLUSTER",
                "aws dax describe-events --source-type CLUSTER --source-name $CLUSTER",
            ),
        ),
        Step("See whether the table still exempts the role of the cache.", (SHOW_POLICY,)),
    ),
    repair=(
        Step(
            "Restart a node that fails, one after the other.",
            ("aws dax reboot-node --cluster-name $CLUSTER --node-id $NODE",),
        ),
        Step(
            "If the role or the table's policy was changed, follow "
            "[table-policy-changed](table-policy-changed.md) or [role-changed](role-changed.md)."
        ),
    ),
    controls=("ddb-deny-exempts-dax-role",),
    deployed=False,
)

ACCESS_ALERTS: Final = (ROLE_CHANGED, CACHE_CHANGED, KEY_CHANGED, EXTERNAL_ACCESS, CACHE_ERRORS)
