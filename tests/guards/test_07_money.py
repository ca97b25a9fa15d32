"""Guard 7: no binary fraction where money is."""

import ast

from tests.guards.house import SOURCE, at, called, files, none_of, plant

ROOMS = ("fees", "ledger", "cashiering", "banking", "billing")


def handles_money(file) -> bool:
    return file.room in ROOMS or file.parts[:3] == ("citydesk", "kernel", "money")


def faults_in(source):
    for file in files(source):
        for node in ast.walk(file.tree()) if handles_money(file) else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield f"{at(file, node)} writes the binary fraction {node.value}"
            elif isinstance(node, ast.Name) and node.id == "float":
                yield f"{at(file, node)} uses float"
            elif isinstance(node, ast.Call) and called(node).endswith("FloatField"):
                yield f"{at(file, node)} keeps money in a FloatField"


def test_money_is_decimal():
    none_of(list(faults_in(SOURCE)))


def test_planted_floats_are_caught(tmp_path):
    source = plant(
        tmp_path,
        citydesk__money__fees__rules="rate = 0.5\nx = float('1')\n",
        citydesk__kernel__money="half = 0.5\n",
        citydesk__city__places__rules="lat = 0.5\n",
    )
    assert len(list(faults_in(source))) == 3
