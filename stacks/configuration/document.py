"""The whole of `baseline.toml`, and what its parts must agree on."""

from __future__ import annotations

import itertools
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from stacks.configuration.access import AccessSettings, AdministrationSettings, InterfaceService
from stacks.configuration.audit import AuditSettings, CheckSettings, Source
from stacks.configuration.availability import dax_regions, global_region
from stacks.configuration.base import AccountId, Mistake, Settings
from stacks.configuration.cache import CacheSettings, cluster_name
from stacks.configuration.organization import OrganizationSettings
from stacks.configuration.region import RegionSettings, cidr_range
from stacks.configuration.table import MESSAGE_INDEX, StreamView, TableSettings
from stacks.configuration.workload import WorkloadSettings


class Configuration(Settings):
    """Everything that a user decides about the baseline."""

    project: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z](-?[a-z0-9])+$", max_length=20),
        Field(description="prefix of every name: 2 to 20 lower-case letters, digits and hyphens"),
    ]
    account: Annotated[
        AccountId | None,
        Field(
            description="the only account to deploy to, 12 digits in quotes; "
            "left out: the one of the credentials"
        ),
    ] = None
    tags: Annotated[dict[str, str], Field(description="tags of every resource")] = {}  # noqa: RUF012 - frozen with the model
    regions: Annotated[
        tuple[RegionSettings, ...],
        Field(min_length=1, description="where to deploy; exactly one Region is home"),
    ]
    table: Annotated[TableSettings, Field(default_factory=TableSettings, description="the table")]
    cache: Annotated[CacheSettings, Field(description="the cache of every Region that has one")] = (
        CacheSettings()
    )
    access: Annotated[AccessSettings, Field(description="who works with the data")] = (
        AccessSettings()
    )
    administration: Annotated[
        AdministrationSettings, Field(description="who may do what is closed to everybody else")
    ] = AdministrationSettings()
    audit: Annotated[AuditSettings, Field(description="the trail, AWS Config and alarms")] = (
        AuditSettings()
    )
    workload: Annotated[
        WorkloadSettings, Field(description="what is added for the sample workload")
    ] = WorkloadSettings()
    checks: Annotated[CheckSettings, Field(description="who judges the templates")] = (
        CheckSettings()
    )
    organization: Annotated[
        OrganizationSettings | None,
        Field(description="guardrails above the account; left out: there are none"),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _give_every_region_a_range(cls, data: object) -> object:
        """Number the default ranges, so that the VPCs of two Regions can be connected."""
        if not isinstance(data, dict) or not isinstance(data.get("regions"), list):
            return data
        regions = [
            {**region, "cidr": f"10.{64 + position}.0.0/16"}
            if isinstance(region, dict) and not {"cidr", "vpc"} & region.keys()
            else region
            for position, region in enumerate(data["regions"])
        ]
        return {**data, "regions": regions}

    @model_validator(mode="after")
    def _one_home(self) -> Self:
        homes = [region.name for region in self.regions if region.home]
        if len(homes) != 1:
            raise Mistake(
                "exactly one Region is home (it has the trail and records global resources)",
                "write home = true in exactly one [[regions]]",
                key="regions",
                value=homes,
            )
        return self

    @model_validator(mode="after")
    def _cluster_name_is_fit(self) -> Self:
        try:
            cluster_name(self.cluster_name)
        except Mistake as mistake:
            raise Mistake(
                f"{mistake.problem} (the cache is named after the project)",
                f"{mistake.remedy}, or name the cache in cache.name",
                key="project",
                value=self.project,
            ) from mistake
        return self

    @model_validator(mode="after")
    def _principals_are_our_own(self) -> Self:
        named = {
            **{
                f"access.exemptions[{position}].arn": exemption.arn
                for position, exemption in enumerate(self.access.exemptions)
            },
            **{
                f"administration.{right}[{position}]": arn
                for right in ("deploy", "export", "restore", "backup")
                for position, arn in enumerate(getattr(self.administration, right) or ())
            },
        }
        for key, arn in named.items():
            if self.account is not None and arn.split(":")[4] != self.account:
                raise Mistake(
                    "a principal of another account, which the table's policy always denies",
                    f"name a role or user of account {self.account}",
                    key=key,
                    value=arn,
                )
        return self

    @model_validator(mode="after")
    def _regions_differ(self) -> Self:
        for first, second in itertools.combinations(self.regions, 2):
            if first.name == second.name:
                raise Mistake(
                    "named twice",
                    "write one [[regions]] for each Region",
                    key="regions",
                    value=first.name,
                )
            if (
                first.cidr
                and second.cidr
                and cidr_range(first.cidr).overlaps(cidr_range(second.cidr))
            ):
                raise Mistake(
                    f"overlaps {first.cidr} of {first.name}, so the two could never be connected",
                    "give every Region a range of its own",
                    key=f"regions[{self.regions.index(second)}].cidr",
                    value=second.cidr,
                )
        return self

    @model_validator(mode="after")
    def _dax_is_there(self) -> Self:
        for position, region in enumerate(self.regions):
            if region.cache.enabled and region.name not in dax_regions():
                raise Mistake(
                    "CloudFormation has no AWS::DAX::Cluster in this Region",
                    f"write cache.enabled = false there, or use one of "
                    f"{', '.join(sorted(dax_regions()))}",
                    key=f"regions[{position}].name",
                    value=region.name,
                )
        return self

    @model_validator(mode="after")
    def _readers_are_elsewhere(self) -> Self:
        for position, region in enumerate(self.regions):
            for reader in region.cache.readers:
                if reader.account == self.account:
                    raise Mistake(
                        "this is the account of the table, not another one",
                        "name it in access.readers, which needs no peering",
                        key=f"regions[{position}].cache.readers",
                        value=reader.account,
                    )
                if region.cidr and cidr_range(region.cidr).overlaps(cidr_range(reader.cidr)):
                    raise Mistake(
                        f"overlaps the VPC's own range {region.cidr}",
                        "peered VPCs need ranges that differ",
                        key=f"regions[{position}].cache.readers",
                        value=reader.cidr,
                    )
        return self

    @model_validator(mode="after")
    def _client_ranges_are_in_the_vpc(self) -> Self:
        for position, region in enumerate(self.regions):
            for cidr in region.cache.client_subnets:
                if region.cidr and not cidr_range(cidr).subnet_of(cidr_range(region.cidr)):
                    raise Mistake(
                        f"outside the VPC's range {region.cidr}",
                        "name a range inside it, or declare a reader account",
                        key=f"regions[{position}].cache.client_subnets",
                        value=cidr,
                    )
        return self

    @model_validator(mode="after")
    def _somebody_can_read_the_stream(self) -> Self:
        if (
            self.table.stream is not None
            and InterfaceService.STREAMS not in self.access.interface_endpoints
            and not self.access.exemptions
            and not self.workload.consumer
        ):
            raise Mistake(
                "the gateway endpoint does not carry DynamoDB Streams, so nobody could read it",
                'add "dynamodb-streams" to access.interface_endpoints, or exempt its consumer',
                key="table.stream",
                value=self.table.stream.value,
            )
        return self

    @model_validator(mode="after")
    def _no_guardrail_binds_the_management_account(self) -> Self:
        if self.organization and self.account == self.organization.management_account:
            raise Mistake(
                "the management account of the organization: no guardrail binds it",
                "deploy the tables to a member account",
                key="account",
                value=self.account,
            )
        return self

    @model_validator(mode="after")
    def _one_recorder(self) -> Self:
        stack_set = self.organization and self.organization.stack_set
        if stack_set and self.audit.recorder is Source.CREATE:
            raise Mistake(
                "the stack set gives the account a recorder, and an account has one in a Region",
                'write audit.recorder = "existing"',
                key="organization.stack_set",
                value=True,
            )
        return self

    @model_validator(mode="after")
    def _the_consumer_knows_the_table(self) -> Self:
        if not self.workload.consumer:
            return self
        table = self.table
        if table.stream not in {StreamView.NEW_IMAGE, StreamView.NEW_AND_OLD_IMAGES}:
            raise Mistake(
                "the consumer reads new messages from the stream, which does not carry them",
                f'write stream = "{StreamView.NEW_IMAGE}" in [table]',
                key="workload.consumer",
                value=True,
            )
        index = next((each for each in table.indexes if each.name == MESSAGE_INDEX.name), None)
        if (table.partition_key, table.sort_key, index) != ("pk", "sk", MESSAGE_INDEX):
            raise Mistake(
                "the consumer moves the items of the sample workload, and this is another table",
                f"leave the keys of [table] at their defaults, with the index {MESSAGE_INDEX.name}",
                key="workload.consumer",
                value=True,
            )
        return self

    @property
    def home(self) -> RegionSettings:
        """Return the Region that has the trail."""
        return next(region for region in self.regions if region.home)

    @property
    def deployed_regions(self) -> tuple[str, ...]:
        """Return every Region that has a stack: the configured ones, and that of IAM's alerts."""
        regions = [region.name for region in self.regions]
        if self.audit.detection:
            regions += [global_region(name) for name in regions]
        return tuple(dict.fromkeys(regions))

    @property
    def cluster_name(self) -> str:
        """Return the name of the DAX cluster, the same in every Region."""
        return self.cache.name or self.project
