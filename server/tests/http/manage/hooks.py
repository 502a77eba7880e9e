"""Hooks of schemathesis: three calls in four get ids of things that exist, so that the answer is more than "not found"."""

import os
import random

import hypothesis
import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

# Hypothesis would spend half of its time searching for more answers that succeed.
hypothesis.target = lambda observation, *, label="": None

URL, TOKEN, CODE, LEASE = (os.environ[f"LATCHKEY_{name}"] for name in ("URL", "TOKEN", "CODE", "LEASE"))
chance = random.Random(1)
admin = requests.Session()
admin.headers["Authorization"] = f"Bearer {TOKEN}"

ADMIN = "/api/v1/admin"
SESSION = admin.get(f"{URL}{ADMIN}/activations").json()["items"][0]["id"]
# The list that has the things which a member of a query or a body names.
LISTS = {
    "ids": f"{ADMIN}/licenses",
    "license": f"{ADMIN}/licenses",
    "policy": f"{ADMIN}/policies",
    "product": f"{ADMIN}/products",
    "templateId": f"{ADMIN}/policies",
}
# The same for parts of a path that stand below no list of their own.
ELSEWHERE = {"productId": f"{ADMIN}/products", "entitlementId": f"{ADMIN}/licenses"}
known = {}


def ids(path):
    """The ids of a list, which is read again after some calls."""
    found, calls = known.get(path, ([], 0))
    if calls % 100 == 0:
        answer = admin.get(URL + path, params={"limit": 50})
        items = answer.json().get("items", []) if answer.ok else []
        found = [item.get("id") or item.get("kid") for item in items] or found
    known[path] = (found, calls + 1)
    return found


def of_list(path, value):
    """The id of something in this list, or the value if the list is empty."""
    return chance.choice(ids(path) or [value])


def fill_path(case):
    """Fills a path from the left, since what stands further right belongs to what stands before it."""
    done = ""
    for part in case.path.split("/")[1:]:
        if part.startswith("{"):
            name = part[1:-1]
            value = case.path_parameters[name]
            if name == "sessionId":
                value = SESSION
            elif name == "id" and "status-lists" in done:
                value = 1
            elif name not in ("code", "tag", "version"):
                value = of_list(ELSEWHERE.get(name, done), value)
            case.path_parameters[name] = value
            part = str(value)
        done += f"/{part}"


def fill_members(members):
    """Fills what names something, also in members of members."""
    for name, value in members.items():
        if name == "activationCode":
            members[name] = CODE
        elif LISTS.get(name) and isinstance(value, str):
            members[name] = of_list(LISTS[name], value)
        elif LISTS.get(name) and isinstance(value, list):
            members[name] = [of_list(LISTS[name], one) for one in value]
        elif isinstance(value, dict):
            fill_members(value)


@schemathesis.auth(refresh_interval=None)
class Bearer:
    """A program sends its API token, and a device with a session its license token."""

    def get(self, case, context):
        if case.path.startswith("/api/v1/activations/"):
            return LEASE if "{sessionId}" in case.path else None
        return TOKEN

    def set(self, case, token, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    meta = case.meta
    negative = {} if meta is None else {at for at in ParameterLocation if meta.is_negative_at(at)}
    if chance.random() < 0.25:
        return
    if case.path_parameters and ParameterLocation.PATH not in negative:
        fill_path(case)
    if isinstance(case.query, dict) and ParameterLocation.QUERY not in negative:
        fill_members(case.query)
    if isinstance(case.body, dict) and ParameterLocation.BODY not in negative:
        fill_members(case.body)
