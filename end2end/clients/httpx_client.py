"""Activates with httpx."""

import sys

import httpx

url, code, device = sys.argv[1:]
answer = httpx.post(url, json={"activationCode": code, "fingerprint": device})
answer.raise_for_status()
print(answer.status_code, answer.json())
