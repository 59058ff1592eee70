"""Where else a table's content may go: Kinesis, a bucket, CloudWatch by Contributor Insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.live.emulation.stubs import Gap

if TYPE_CHECKING:
    from tests.live.emulation.stubs import Answer, Parameters, Store

_KINESIS: Final = "moto's tables stream to Kinesis nowhere"
_INSIGHTS: Final = "moto has no Contributor Insights"
_EXPORTS: Final = "moto exports to buckets of the own account alone, and lists one table's"


def enable_kinesis(store: Store, parameters: Parameters) -> Answer:
    """Send every change of a table to a Kinesis stream."""
    name, arn = parameters["TableName"], parameters["StreamArn"]
    store.kind("kinesis").setdefault(name, []).append(arn)
    return {"TableName": name, "StreamArn": arn, "DestinationStatus": "ENABLING"}


def describe_kinesis(store: Store, parameters: Parameters) -> Answer:
    """Return where the changes of a table go."""
    name = parameters["TableName"]
    return {
        "TableName": name,
        "KinesisDataStreamDestinations": [
            {
                "StreamArn": arn,
                "DestinationStatus": "ACTIVE",
                "ApproximateCreationDateTimePrecision": "MILLISECOND",
            }
            for arn in store.kind("kinesis").get(name, ())
        ],
    }


def update_insights(store: Store, parameters: Parameters) -> Answer:
    """Switch Contributor Insights on or off, for a table or an index."""
    name, index = parameters["TableName"], parameters.get("IndexName")
    enabled = parameters["ContributorInsightsAction"] == "ENABLE"
    summary = {
        "TableName": name,
        **({"IndexName": index} if index else {}),
        "ContributorInsightsStatus": "ENABLED" if enabled else "DISABLED",
    }
    store.kind("insights")[f"{name}/{index or ''}"] = summary
    return summary


def list_insights(store: Store, parameters: Parameters) -> Answer:
    """Return what was ever switched on."""
    wanted = parameters.get("TableName")
    return {
        "ContributorInsightsSummaries": [
            summary
            for summary in store.kind("insights").values()
            if wanted in {None, summary["TableName"]}
        ]
    }


def export(store: Store, parameters: Parameters) -> Answer:
    """Export a table to any bucket; moto names its owner wrongly, and the export as an import."""
    exports = store.kind("exports")
    arn = f"{parameters['TableArn']}/export/{len(exports):020}"
    owner = parameters.get("S3BucketOwner")
    exports[arn] = {
        "ExportArn": arn,
        "ExportStatus": "COMPLETED",
        "TableArn": parameters["TableArn"],
        "S3Bucket": parameters["S3Bucket"],
        **({"S3BucketOwner": owner} if owner else {}),
    }
    return {"ExportDescription": exports[arn]}


def list_exports(store: Store, parameters: Parameters) -> Answer:
    """Return the exports of a table, or of all."""
    wanted = parameters.get("TableArn")
    return {
        "ExportSummaries": [
            {"ExportArn": each["ExportArn"], "ExportStatus": each["ExportStatus"]}
            for each in store.kind("exports").values()
            if wanted in {None, each["TableArn"]}
        ]
    }


def describe_export(store: Store, parameters: Parameters) -> Answer:
    """Return one export."""
    return {"ExportDescription": store.kind("exports")[parameters["ExportArn"]]}


GAPS: Final = (
    Gap("dynamodb", "EnableKinesisStreamingDestination", _KINESIS, enable_kinesis),
    Gap("dynamodb", "DescribeKinesisStreamingDestination", _KINESIS, describe_kinesis),
    Gap("dynamodb", "UpdateContributorInsights", _INSIGHTS, update_insights),
    Gap("dynamodb", "ListContributorInsights", _INSIGHTS, list_insights),
    Gap("dynamodb", "ExportTableToPointInTime", _EXPORTS, export),
    Gap("dynamodb", "ListExports", _EXPORTS, list_exports),
    Gap("dynamodb", "DescribeExport", _EXPORTS, describe_export),
)
