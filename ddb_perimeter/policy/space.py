"""The request space of one question: every dimension, split into the classes that matter."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from ddb_perimeter.policy import actions, caller_classes, keys, origins, scalars
from ddb_perimeter.policy.classes import TEXT, Several, split
from ddb_perimeter.policy.match import TooLargeError
from ddb_perimeter.policy.mentions import Mentions
from ddb_perimeter.policy.operators import Family, Quantifier
from ddb_perimeter.policy.patterns import Pattern, Style, opaque
from ddb_perimeter.policy.request import Kind, Path, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from ddb_perimeter.policy.boxes import Box, Region
    from ddb_perimeter.policy.callers import Callers
    from ddb_perimeter.policy.conditions import Values
    from ddb_perimeter.policy.document import Condition, Policy
    from ddb_perimeter.policy.mentions import Mentioned
    from ddb_perimeter.policy.origins import Origins
    from ddb_perimeter.policy.request import Caller, Keys
    from ddb_perimeter.policy.world import World

WHO: Final = 0
WHERE: Final = 1
WHAT: Final = 2
MAX_SETS: Final = 600
MAX_NUMBERS: Final = 200
_ABOUT_CALLERS: Final = keys.CALLER_KEYS | {"aws:resourceorgid"}
_Point = TypeVar("_Point")


@dataclass(frozen=True, slots=True)
class Question:
    """Which requests a proof is about.

    Args:
        callers: who asks.
        origins: from where.
        actions: names of actions, without wildcards.
        resources: ARNs, or ``*`` for actions without a resource.
        context: further condition keys that are known, with their values; None: absent.
    """

    callers: Callers
    origins: Origins
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """An action on a resource.

    Args:
        action: its name.
        resource: ARN, or ``*``.
        keys: condition keys that follow from the resource.
    """

    action: str
    resource: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KeyDimension:
    """One ordinary condition key.

    Args:
        name: the key in lower case.
        spelled: the key as a policy spells it.
        values: everything it can be, None for absent.
        exact: whether the values cover every class that the conditions tell apart.
    """

    name: str
    spelled: str
    values: tuple[Values, ...]
    exact: bool = True


class Space:
    """The dimensions of one question: who, where, what on what, and one per other key.

    Args:
        world: our account.
        question: which requests.
        policies: every policy that will be asked about them.

    Raises:
        TooLargeError: there are too many classes.
        ValueError: no request can be as the question describes.
    """

    __slots__ = (
        "_asked",
        "_dimension_of",
        "_possible",
        "_target_keys",
        "callers",
        "full",
        "mentions",
        "origins",
        "others",
        "question",
        "targets",
        "where",
        "who",
        "world",
    )

    def __init__(self, world: World, question: Question, policies: Iterable[Policy]) -> None:
        self.world = world
        self.question = question
        self.targets = tuple(_targets(world, question))
        if not self.targets:
            raise ValueError("the question has no action that can authorize on its resources")
        self.mentions = Mentions()
        resources = tuple(dict.fromkeys(target.resource for target in self.targets))
        for policy in policies:
            self.mentions.read(policy, resources)
        self.mentions.share_aliases()
        self._enumerate()
        self.who = caller_classes.classify(world, self._about_callers(), question.callers.told)
        self.where = origins.classify(
            world, self.mentions.about(keys.ORIGIN_KEYS), question.origins.told, self._missing()
        )
        self.callers = self.who.members
        self.origins = self.where.members
        self._target_keys = [
            _lowered({key: (value,) for key, value in target.keys}) for target in self.targets
        ]
        self.others = tuple(self._ordinary())
        self._dimension_of = {each.name: at for at, each in enumerate(self.others, WHAT + 1)}
        sizes = (len(self.callers), len(self.origins), len(self.targets))
        self.full: Box = tuple(
            (1 << size) - 1 for size in (*sizes, *(len(each.values) for each in self.others))
        )
        self._possible = self._blocks()
        self._asked = self._questioned()
        if not self._asked:
            raise ValueError("no request can be as the question describes")

    def _enumerate(self) -> None:
        """Replace variables over keys whose values are known before classes are."""
        if not self.mentions.waiting:
            return
        first = caller_classes.classify(
            self.world, self._about_callers(), self.question.callers.told
        )
        known: dict[str, dict[str, None]] = {}
        for caller in first.keys:
            for key, values in caller.items():
                if key in keys.ENUMERATED:
                    known.setdefault(key, {})[values[0]] = None
        for target in self.targets:
            for key, value in target.keys:
                known.setdefault(key.lower(), {})[value] = None
        self.mentions.substitute({key: tuple(values) for key, values in known.items()})
        self.mentions.share_aliases()

    def _about_callers(self) -> Mentioned:
        """Return what the policies mention of callers."""
        return self.mentions.about(_ABOUT_CALLERS, principals=True)

    def _missing(self) -> frozenset[str]:
        """Return the keys that the services of the question do not send."""
        services = {target.action.partition(":")[0].lower() for target in self.targets}
        lists = [keys.UNSUPPORTED.get(service, frozenset()) for service in services]
        return frozenset.intersection(*lists) if lists else frozenset()

    def dimension(self, key: str) -> int | None:
        """Return the number of the dimension that sets a key; None: no request has the key.

        Args:
            key: its name in lower case.
        """
        if key in keys.CALLER_KEYS:
            return WHO
        if key in keys.ORIGIN_KEYS:
            return WHERE
        if key in self._target_keys[0] and key not in self._dimension_of:
            return WHAT
        return self._dimension_of.get(key)

    def values(self, dimension: int, key: str) -> list[Values]:
        """Return the values of a key at every point of the dimension that sets it.

        Args:
            dimension: the number of the dimension.
            key: the key in lower case.
        """
        if dimension > WHAT:
            return list(self.others[dimension - WHAT - 1].values)
        tables = (self.who.keys, self.where.keys, self._target_keys)
        return [point.get(key) for point in tables[dimension]]

    def is_exact(self, key: str) -> bool:
        """Say whether the classes of a key cover everything that its conditions tell apart."""
        at = self._dimension_of.get(key)
        return at is None or self.others[at - WHAT - 1].exact

    def is_single(self, key: str) -> bool:
        """Say whether a key never has several values, so that a variable can stand for it."""
        at = self._dimension_of.get(key)
        points = () if at is None else self.others[at - WHAT - 1].values
        return key not in keys.MULTI_VALUED and not any(
            values is not None and len(values) > 1 for values in points
        )

    def possible(self) -> Region:
        """Return the requests that can happen, whoever the question is about."""
        return self._possible

    def asked(self) -> Region:
        """Return the possible requests that the question is about."""
        return self._asked

    def _blocks(self) -> Region:
        """Combine the callers, origins and actions that occur together."""
        signed = {target.action.partition(":")[0].lower() for target in self.targets}
        federation = _mask(self.targets, _is_federation)
        plain = self.full[WHAT] & ~federation
        anonymous = not signed <= keys.SIGNED_SERVICES
        blocks = (
            (_is_direct, lambda origin: origin.path is not Path.SERVICE, plain),
            (_is_service, lambda origin: origin.path is Path.SERVICE, plain),
            # A service that uses a role may call from its own network (undocumented for DAX).
            (_is_role, lambda origin: origin.path is Path.SERVICE and not origin.address, plain),
            (
                lambda caller: anonymous and caller.kind is Kind.ANONYMOUS,
                lambda origin: origin.path in {Path.INTERNET, Path.ENDPOINT},
                plain,
            ),
            (
                lambda caller: caller.kind is Kind.PROVIDER,
                lambda origin: origin.path in {Path.INTERNET, Path.ENDPOINT},
                federation,
            ),
        )
        boxes = (
            (_mask(self.callers, who), _mask(self.origins, where), what)
            for who, where, what in blocks
        )
        return tuple((*box, *self.full[WHAT + 1 :]) for box in boxes if all(box))

    def _questioned(self) -> Region:
        """Restrict the possible requests to those that the question is about."""
        who = _mask(self.callers, self.question.callers.test)
        where = _mask(self.origins, self.question.origins.test)
        boxes = ((a & who, b & where, *rest) for a, b, *rest in self._possible)
        return tuple(box for box in boxes if all(box))

    def request(self, point: tuple[int, ...]) -> Request:
        """Spell one point as a concrete request.

        Args:
            point: the number of a value in every dimension.
        """
        target = self.targets[point[WHAT]]
        context: dict[str, tuple[str, ...]] = {key: (value,) for key, value in target.keys}
        for dimension, at in zip(self.others, point[WHAT + 1 :], strict=True):
            values = dimension.values[at]
            if values is not None:
                context[dimension.spelled] = values
            else:
                context.pop(dimension.spelled, None)
        return Request(
            caller=self.callers[point[WHO]],
            origin=self.origins[point[WHERE]],
            action=target.action,
            resource=target.resource,
            context=context,
        )

    def _ordinary(self) -> Iterable[KeyDimension]:
        """Return a dimension for every key that nobody of the first three sets."""
        fixed = {key.lower(): (key, values) for key, values in self.question.context.items()}
        built: dict[str, KeyDimension] = {}
        names = sorted({*self.mentions.conditions, *self.mentions.referred, *fixed})
        # Keys that variables refer to come first: those compared with them need their values.
        names.sort(key=lambda name: name not in self.mentions.referred)
        for name in names:
            spelled = next((c.key for c in self.mentions.conditions.get(name, ())), name)
            if name in keys.CALLER_KEYS | keys.ORIGIN_KEYS:
                continue
            if name in fixed:
                built[name] = KeyDimension(name, fixed[name][0], (fixed[name][1],))
            elif name not in self._target_keys[0]:
                built[name] = self._dimension(name, spelled, built)
        return built.values()

    def _dimension(self, name: str, spelled: str, built: dict[str, KeyDimension]) -> KeyDimension:
        """Return the dimension of one ordinary key."""
        services = {target.action.partition(":")[0].lower() for target in self.targets}
        if all(name in keys.UNSUPPORTED.get(service, ()) for service in services):
            return KeyDimension(name, spelled, (None,))
        if name == keys.NOW_DATE:
            return KeyDimension(name, spelled, ((self.world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),),))
        if name == keys.NOW_EPOCH:
            return KeyDimension(name, spelled, ((str(int(self.world.now.timestamp())),),))
        if name in keys.FIXED:
            return KeyDimension(name, spelled, keys.FIXED[name])
        conditions = self.mentions.conditions.get(name, [])
        families = {c.operator.family for c in conditions if c.operator} - {Family.NULL}
        texts, exact = self._texts(name, families, conditions, built)
        many = name in keys.MULTI_VALUED or (
            # AWS lists its global keys; of services' keys a set operator tells it.
            not name.startswith("aws:")
            and any(c.operator and c.operator.quantifier is not Quantifier.ONE for c in conditions)
        )
        values: tuple[Values, ...] = ((text,) for text in texts)  # type: ignore[assignment]
        values = tuple(values)
        if many:
            values, complete = _sets(texts, len(conditions))
            exact = exact and complete
        return KeyDimension(name, spelled, (*values, None), exact=exact)

    def _texts(
        self,
        name: str,
        families: set[Family],
        conditions: list[Condition],
        built: dict[str, KeyDimension],
    ) -> tuple[tuple[str, ...], bool]:
        """Return one value per class of an ordinary key, and whether that is every class."""
        exact = len(families - {Family.BOOL, Family.STRING, Family.ARN}) + bool(
            families & {Family.BOOL, Family.STRING, Family.ARN}
        )
        values = [
            value
            for c in conditions
            for value in c.values
            if isinstance(value, str) and c.operator and c.operator.family is not Family.NULL
        ]
        texts: list[str] = []
        if Family.NUMERIC in families:
            texts += _numbers(values, scalars.number)
        if Family.DATE in families:
            texts += _numbers(values, scalars.instant)
        if Family.ADDRESS in families:
            texts += _edges(values)
        if Family.BINARY in families:
            texts += [*values, "b3RoZXI="]
        if families & {Family.STRING, Family.ARN, Family.BOOL} or not texts:
            texts += self._strings(name, built)
        return tuple(dict.fromkeys(texts)), exact <= 1

    def _strings(self, name: str, built: dict[str, KeyDimension]) -> tuple[str, ...]:
        """Return one string per class of an ordinary key."""
        patterns = dict.fromkeys(self.mentions.of(name))
        for one, other in sorted(self.mentions.aliases):
            if one == name:
                for text in self._witnesses(other, built):
                    patterns[Pattern((text,) if text else (), Style.EXACT)] = None
        return split(tuple(patterns), (Several(TEXT, 1),), ("other", "another"))

    def _witnesses(self, key: str, built: dict[str, KeyDimension]) -> tuple[str, ...]:
        """Return the single values that a key has in the dimensions that exist already."""
        if key in built:
            points: Iterable[Values] = built[key].values
        elif key in keys.CALLER_KEYS:
            points = [point.get(key) for point in self.who.keys]
        elif key in keys.ORIGIN_KEYS:
            points = [point.get(key) for point in self.where.keys]
        else:
            points = [point.get(key) for point in self._target_keys]
        return tuple(dict.fromkeys(values[0] for values in points if values))


def _targets(world: World, question: Question) -> Iterable[Target]:
    """Yield the actions of a question on those of its resources that they can be about."""
    for action in dict.fromkeys(question.actions):
        for resource in dict.fromkeys(map(opaque, question.resources)):
            if not actions.targets(action, resource):
                continue
            fields = resource.split(":", 5)
            has_fields = len(fields) > 5  # noqa: PLR2004 - the fields of an ARN
            region = fields[3] if has_fields and fields[3] else world.region
            account = fields[4] if has_fields and fields[4] else world.account
            known = [("aws:RequestedRegion", region), ("aws:ResourceAccount", account)]
            if world.organization and account == world.account:
                known.append(("aws:ResourceOrgID", world.organization))
            yield Target(action, resource, tuple((key, value) for key, value in known if value))


def _mask(points: Iterable[_Point], test: Callable[[_Point], bool]) -> int:
    """Return the points for which a test holds."""
    return sum(1 << at for at, each in enumerate(points) if test(each))


def _is_federation(target: Target) -> bool:
    """Say whether callers of an action have no AWS credentials."""
    return target.action.lower() in keys.FEDERATION_ACTIONS


def _is_direct(caller: Caller) -> bool:
    """Say whether a caller signs requests with its own credentials."""
    return caller.kind not in {Kind.ANONYMOUS, Kind.SERVICE, Kind.PROVIDER}


def _is_service(caller: Caller) -> bool:
    """Say whether a caller is an AWS service."""
    return caller.kind is Kind.SERVICE


def _is_role(caller: Caller) -> bool:
    """Say whether a caller is a role, which a service may use."""
    return caller.kind in {Kind.ROLE, Kind.SERVICE_LINKED_ROLE}


def _lowered(found: Keys) -> Keys:
    """Name the keys in lower case, as comparisons need them."""
    return {key.lower(): values for key, values in found.items()}


def _numbers(values: Iterable[str], read: Callable[[str], Decimal | None]) -> list[str]:
    """Return numbers below, at, between and above those that conditions compare with."""
    edges = sorted({number for number in map(read, values) if number is not None})
    if len(edges) > MAX_NUMBERS:
        raise TooLargeError("a key is compared with too many numbers")
    if not edges:
        return ["1"]
    between = [(a + b) / 2 for a, b in itertools.pairwise(edges)]
    found = [edges[-1] + 1, *edges, *between, edges[0] - 1]
    return [format(number, "f") for number in found]


def _edges(values: Iterable[str]) -> list[str]:
    """Return addresses in every range that conditions tell apart."""
    blocks = [block for block in map(scalars.span, values) if block]
    if len(blocks) > MAX_NUMBERS:
        raise TooLargeError("a key is compared with too many address ranges")
    starts = {(4, 0), (6, 0)}
    for version, first, last in blocks:
        starts |= {(version, first), (version, last + 1)}
    return [
        scalars.address(version, at)
        for version, at in sorted(starts)
        if at < 1 << (32 if version == 4 else 128)  # noqa: PLR2004 - the version of IP
    ]


def _sets(texts: tuple[str, ...], conditions: int) -> tuple[tuple[Values, ...], bool]:
    """Return the sets of values that a multi-valued key can have, and whether that is all.

    Sets as large as the number of conditions satisfy any combination of them.
    """
    largest = min(len(texts), max(conditions, 1))
    found: list[Values] = []
    for size in range(1, largest + 1):
        for chosen in itertools.combinations(texts, size):
            found.append(chosen)
            if len(found) >= MAX_SETS:
                return tuple(found), False
    return tuple(found), True
