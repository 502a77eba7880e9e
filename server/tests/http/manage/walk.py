"""Walks through the API with a client that openapi-python-client generated: walk.py URL TOKEN."""

import os
import sys

sys.path.insert(0, os.getcwd())

from latchkey import AuthenticatedClient, Client
from latchkey.api.activations import activate
from latchkey.api.licenses import create_license, get_license, list_licenses, suspend_license
from latchkey.api.policies import create_policy
from latchkey.api.products import create_product
from latchkey.models import ActivationRequest, NewManagedLicense, NewManagedPolicy, NewManagedProduct, Reason

url, token = sys.argv[1:]
vendor = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
device = Client(base_url=url, raise_on_unexpected_status=True)


def made(response, status=201):
    assert response.status_code == status, response.content
    return response.parsed


product = made(create_product.sync_detailed(client=vendor, body=NewManagedProduct(code="walk", name="Walk")))
policy = made(create_policy.sync_detailed(client=vendor, body=NewManagedPolicy(product=product.code, name="Studio")))
license = made(create_license.sync_detailed(client=vendor, body=NewManagedLicense(policy=policy.id, customer="Ada")))
body = ActivationRequest(activation_code=license.code, fingerprint="walk-1")
assert made(activate.sync_detailed(client=device, body=body), 200).startswith("eyJ")
made(suspend_license.sync_detailed(license.id, client=vendor, body=Reason(reason="Chargeback")), 200)
assert made(activate.sync_detailed(client=device, body=body), 403).code == "license_suspended"
assert made(get_license.sync_detailed(license.id, client=vendor), 200).state == "suspended"
assert [row.id for row in made(list_licenses.sync_detailed(client=vendor), 200).items] == [license.id]
