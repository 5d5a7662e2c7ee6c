"""Gives the requests of schemathesis real tickets, cases and papers, and notes what each operation answered.

REAL holds, for each operation, objects with the path parameters and fields of a request that means something in the
office as it stands; ANSWERED is the file that gets one line per answer. Requests that are wrong on purpose stay so.
"""

import json
import os
import uuid

import schemathesis
from schemathesis.core.parameters import ParameterLocation

with open(os.environ["REAL"], encoding="utf-8") as file:
    REAL = json.load(file)
ASKED = {}


def operation(case):
    return f"{case.operation.method.upper()} {case.operation.path}"


@schemathesis.hook
def before_call(context, case, kwargs):
    requests = REAL.get(operation(case))
    if not requests or case.meta is None:
        return
    n = ASKED[operation(case)] = ASKED.get(operation(case), -1) + 1
    request = requests[n % len(requests)]
    if case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
        for name in case.path_parameters:
            case.path_parameters[name] = request.get(name, case.path_parameters[name])
    # Twice with fields that fit, later with whatever the schema allows.
    if n < 2 * len(requests) and isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body.clear()
        case.body["command"] = str(uuid.uuid4())
        case.body.update({name: value for name, value in request.items() if name not in (case.path_parameters or {})})


@schemathesis.hook
def after_call(context, case, response):
    with open(os.environ["ANSWERED"], "a", encoding="utf-8") as file:
        file.write(f"{operation(case)} {response.status_code}\n")
