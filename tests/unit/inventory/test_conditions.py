"""Which worlds the conditions of a template allow."""

from collections.abc import Callable, Mapping

import pytest

from ddb_perimeter.inventory import (
    InputError,
    Inventory,
    System,
    TooManyScenarios,
    UndecidedTypeError,
)
from ddb_perimeter.unknown import Unknown

LoadStacks = Callable[..., System]

TOPIC = "AWS::SNS::Topic"
ROLE = "AWS::IAM::Role"


def equals(left: object, right: object) -> dict[str, object]:
    return {"Fn::Equals": [left, right]}


def template(
    conditions: Mapping[str, object],
    resources: Mapping[str, object],
    parameters: Mapping[str, object] | None = None,
) -> dict[str, object]:
    return {
        "Parameters": parameters or {"Env": {"Type": "String", "Default": "dev"}},
        "Conditions": conditions,
        "Resources": resources,
    }


def topic(condition: str = "", value: object = None) -> dict[str, object]:
    body: dict[str, object] = {"Type": TOPIC, "Properties": {"Value": value}}
    return body | ({"Condition": condition} if condition else {})


def worlds(system: System, *types: str) -> dict[str, Inventory]:
    return {world.description: world for world in system.scenarios(types or (TOPIC,))}


IS_PROD = {"IsProd": equals({"Ref": "Env"}, "prod")}


def test_both_outcomes_count_although_there_is_a_default(load_stacks: LoadStacks) -> None:
    system = load_stacks({"app.json": template(IS_PROD, {"Topic": topic("IsProd")})})

    assert {name: len(world) for name, world in worlds(system).items()} == {
        "IsProd=false": 0,
        "IsProd=true": 1,
    }


def test_a_given_parameter_settles_a_condition(load_stacks: LoadStacks) -> None:
    system = load_stacks({"app.json": template(IS_PROD, {"T": topic("IsProd")})}, Env="prod")

    assert list(worlds(system)) == ["IsProd=true"]


def test_allowed_values_rule_an_outcome_out(load_stacks: LoadStacks) -> None:
    parameters = {"Env": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "test"]}}
    system = load_stacks({"app.json": template(IS_PROD, {"T": topic("IsProd")}, parameters)})

    assert list(worlds(system)) == ["IsProd=false"]


def test_conditions_on_the_same_parameter_exclude_each_other(load_stacks: LoadStacks) -> None:
    conditions = {
        "IsDev": equals({"Ref": "Env"}, "dev"),
        "IsProd": equals("prod", {"Ref": "Env"}),
    }
    system = load_stacks(
        {"app.json": template(conditions, {"A": topic("IsDev"), "B": topic("IsProd")})}
    )

    assert set(worlds(system)) == {
        "IsDev=true, IsProd=false",
        "IsDev=false, IsProd=true",
        "IsDev=false, IsProd=false",
    }


def test_a_ref_follows_what_the_world_chose(load_stacks: LoadStacks) -> None:
    """Under `Env` unlike `dev`, the default `dev` would be a lie."""
    conditions = {"IsDev": equals({"Ref": "Env"}, "dev")}
    value = {"Fn::If": ["IsDev", {"Ref": "Env"}, {"Fn::Sub": "not-${Env}"}]}
    found = worlds(load_stacks({"app.json": template(conditions, {"T": topic("", value)})}))

    assert found["IsDev=true"].of_type(TOPIC)[0].at("Value") == "dev"
    other = found["IsDev=false"].of_type(TOPIC)[0].at("Value")
    assert isinstance(other, Unknown)
    assert other.text == "not-${Env}"
    assert "anything but 'dev'" in other.why


def test_the_default_stays_where_it_fits(load_stacks: LoadStacks) -> None:
    found = worlds(
        load_stacks(
            {"app.json": template(IS_PROD, {"T": topic("", {"Ref": "Env"}), "U": topic("IsProd")})}
        )
    )

    assert found["IsProd=false"].of_type(TOPIC)[0].at("Value") == "dev"
    assert found["IsProd=true"].of_type(TOPIC)[0].at("Value") == "prod"


@pytest.mark.parametrize(
    ("expression", "outcomes"),
    [
        ({"Fn::Not": [{"Condition": "IsProd"}]}, {"C=false", "C=true"}),
        ({"Fn::And": [{"Condition": "IsProd"}, equals({"Ref": "Env"}, "dev")]}, {"C=false"}),
        ({"Fn::Or": [{"Condition": "IsProd"}, {"Fn::Not": [{"Condition": "IsProd"}]}]}, {"C=true"}),
        (equals("a", "a"), {"C=true"}),
        (equals("a", "b"), {"C=false"}),
        (equals({"Ref": "Env"}, {"Ref": "Env"}), {"C=true"}),
        (equals({"Fn::FindInMap": ["M", {"Ref": "Env"}, "big"]}, "true"), {"C=false", "C=true"}),
        (equals({"Fn::Join": ["", [{"Ref": "Open"}, "x"]]}, "ax"), {"C=false", "C=true"}),
        (
            {"Fn::And": [equals({"Ref": "Odd"}, "a"), equals({"Ref": "Odd"}, "a")]},
            {"C=false", "C=true"},
        ),
        (
            {"Fn::And": [equals({"Ref": "Odd"}, "a"), {"Fn::Not": [equals({"Ref": "Odd"}, "a")]}]},
            {"C=false"},
        ),
        (equals({"Ref": "Full"}, ""), {"C=false"}),
        (equals({"Ref": "Only"}, "one"), {"C=true"}),
    ],
)
def test_satisfiable_outcomes(
    load_stacks: LoadStacks, expression: object, outcomes: set[str]
) -> None:
    content = template({**IS_PROD, "C": expression}, {"T": topic("C")}) | {
        "Parameters": {
            "Env": {"Type": "String", "Default": "dev"},
            "Open": {"Type": "String"},
            "Odd": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
            "Full": {"Type": "String", "MinLength": 1},
            "Only": {"Type": "String", "AllowedValues": ["one"]},
        },
        "Mappings": {"M": {"dev": {"big": "false"}, "prod": {"big": "true"}}},
    }
    found = worlds(load_stacks({"app.json": content}))

    assert {name.partition(",")[0] for name in found} == outcomes


def test_only_conditions_that_matter_are_combined(load_stacks: LoadStacks) -> None:
    conditions = {f"C{i}": equals({"Ref": f"P{i}"}, "x") for i in range(40)}
    parameters = {f"P{i}": {"Type": "String"} for i in range(40)}
    resources: dict[str, object] = {f"T{i}": topic(f"C{i}") for i in range(1, 40)}
    resources["Role"] = {"Type": ROLE, "Condition": "C0"}
    system = load_stacks({"app.json": template(conditions, resources, parameters)})

    assert set(worlds(system, ROLE)) == {"C0=true", "C0=false"}
    with pytest.raises(TooManyScenarios, match="39 conditions"):
        worlds(system, TOPIC)


def test_twelve_free_conditions_are_not_too_many(load_stacks: LoadStacks) -> None:
    conditions = {f"C{i:02}": equals({"Ref": f"P{i}"}, "x") for i in range(12)}
    parameters = {f"P{i}": {"Type": "String"} for i in range(12)}
    resources = {f"T{i}": topic(f"C{i:02}") for i in range(12)}
    system = load_stacks({"app.json": template(conditions, resources, parameters)})

    assert len(worlds(system)) == TooManyScenarios.LIMIT


def test_conditions_behind_references_matter_too(load_stacks: LoadStacks) -> None:
    """The policy's text depends on the role's name, and that on a condition."""
    role = {"Type": ROLE, "Properties": {"RoleName": {"Fn::If": ["IsProd", "p", "d"]}}}
    resources = {"Role": role, "T": topic("", {"Fn::GetAtt": ["Role", "Arn"]})}
    found = worlds(load_stacks({"app.json": template(IS_PROD, resources)}))

    assert {w.of_type(TOPIC)[0].at("Value") for w in found.values()} == {
        "arn:aws:iam::111122223333:role/p",
        "arn:aws:iam::111122223333:role/d",
    }


def test_asking_for_a_type_that_nobody_chose_for_is_refused(load_stacks: LoadStacks) -> None:
    resources = {"T": topic("IsProd"), "Role": {"Type": ROLE}}
    (world,) = load_stacks({"app.json": template(IS_PROD, resources)}).scenarios({ROLE})

    assert len(world.of_type(ROLE)) == 1
    with pytest.raises(UndecidedTypeError, match=TOPIC):
        world.of_type(TOPIC)


def test_without_conditions_there_is_one_world_and_it_is_kept(load_stacks: LoadStacks) -> None:
    system = load_stacks({"app.json": {"Resources": {"T": topic(), "R": {"Type": ROLE}}}})

    (first,) = system.scenarios({TOPIC})
    (second,) = system.scenarios({ROLE})
    assert first is second
    assert first.description == ""


def test_a_condition_chooses_the_region_unless_it_is_told(load_stacks: LoadStacks) -> None:
    conditions = {"Home": equals({"Ref": "AWS::Region"}, "us-east-1")}
    content = template(conditions, {"T": topic("", {"Fn::If": ["Home", "here", "there"]})})

    found = worlds(load_stacks({"app.json": content}))
    assert {
        w.of_type(TOPIC)[0].region: w.of_type(TOPIC)[0].at("Value") for w in found.values()
    } == {
        "us-east-1": "here",
        "us-west-2": "there",
    }
    told = worlds(load_stacks({"app.json": content}, **{"AWS::Region": "eu-west-1"}))
    assert list(told) == ["Home=false"]


@pytest.mark.parametrize(
    "conditions",
    [
        {"A": {"Condition": "A"}},
        {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Condition": "A"}},
        {f"C{i}": {"Condition": f"C{i + 1}"} for i in range(2000)} | {"C2000": equals("a", "a")},
    ],
    ids=["itself", "each other", "endless"],
)
def test_circles_of_conditions_are_refused(
    load_stacks: LoadStacks, conditions: Mapping[str, object]
) -> None:
    with pytest.raises(InputError, match=r"app\.json.*circle or a long chain"):
        load_stacks({"app.json": template(conditions, {"T": topic()})})


def test_conditions_that_share_parameters_in_a_chain_move_together(
    load_stacks: LoadStacks,
) -> None:
    one, two = equals({"Ref": "P"}, "x"), equals({"Ref": "Q"}, "y")
    conditions = {"A": {"Fn::And": [one, two]}, "B": two, "C": one}
    parameters = {"P": {"Type": "String"}, "Q": {"Type": "String"}}
    resources = {name: topic(name) for name in conditions}
    system = load_stacks({"app.json": template(conditions, resources, parameters)})
    found = [world.description for world in system.scenarios({TOPIC})]

    assert len(found) == len(set(found))
    assert set(found) == {
        "A=true, B=true, C=true",
        "A=false, B=true, C=false",
        "A=false, B=false, C=true",
        "A=false, B=false, C=false",
    }


def test_the_keys_of_a_mapping_tell_values_apart(load_stacks: LoadStacks) -> None:
    lookup = {"Fn::FindInMap": ["M", {"Ref": "Env"}, "big"]}
    content = template(
        {"Big": equals(lookup, "yes")}, {"T": topic("", {"Ref": "Env"}), "U": topic("Big")}
    )
    content["Mappings"] = {"M": {"dev": {"big": "no"}, "prod": {"big": "yes"}}}
    found = worlds(load_stacks({"app.json": content}))

    assert {name: w.of_type(TOPIC)[0].at("Value") for name, w in found.items()} == {
        "Big=false": "dev",
        "Big=true": "prod",
    }


CHOICE = {"Fn::If": ["IsProd", "p", "d"]}
NESTING = {
    "Type": "AWS::CloudFormation::Stack",
    "Properties": {"TemplateURL": "child.json", "Parameters": {"P": CHOICE}},
}
INDIRECT: dict[str, dict[str, dict[str, object]]] = {
    "what a parent passes": {
        "app.json": template(IS_PROD, {"N": NESTING}),
        "child.json": {
            "Parameters": {"P": {"Type": "String"}},
            "Resources": {"T": topic("", {"Ref": "P"})},
        },
    },
    "what another stack exports": {
        "app.json": {"Resources": {"T": topic("", {"Fn::ImportValue": "e"})}},
        "net.json": template(IS_PROD, {"R": {"Type": ROLE}})
        | {"Outputs": {"O": {"Value": CHOICE, "Export": {"Name": "e"}}}},
    },
    "what a nested stack puts out": {
        "app.json": {
            "Resources": {
                "T": topic("", {"Fn::GetAtt": ["N", "Outputs.O"]}),
                "N": {**NESTING, "Properties": {"TemplateURL": "child.json"}},
            }
        },
        "child.json": template(IS_PROD, {"R": {"Type": ROLE}})
        | {"Outputs": {"O": {"Value": CHOICE}}},
    },
}


@pytest.mark.parametrize("files", INDIRECT.values(), ids=INDIRECT.keys())
def test_conditions_of_other_stacks_matter_through(
    load_stacks: LoadStacks, files: Mapping[str, object]
) -> None:
    found = worlds(load_stacks(files))

    assert {w.of_type(TOPIC)[0].at("Value") for w in found.values()} == {"p", "d"}
