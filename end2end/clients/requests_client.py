"""Activates twice in one session of requests, the second time with a body that is sent in chunks."""

import json
import sys

import requests

url, code, device = sys.argv[1:]
body = {"activationCode": code, "fingerprint": device}
with requests.Session() as session:
    first = session.post(url, json=body)
    first.raise_for_status()
    streamed = (part for part in [json.dumps(body).encode()])
    second = session.post(url, data=streamed, headers={"Content-Type": "application/json"})
    second.raise_for_status()
    print(second.status_code, second.json())
