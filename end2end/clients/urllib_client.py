"""Activates with urllib, as in its documentation."""

import json
import sys
import urllib.request

url, code, device = sys.argv[1:]
body = json.dumps({"activationCode": code, "fingerprint": device}).encode()
request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as answer:
    print(answer.status, json.load(answer))
