import os

secret, raw_body = os.environ["SECRET"], os.environ["BODY"]
headers = {f"webhook-{name}": os.environ[name.upper()] for name in ("id", "timestamp", "signature")}
CODE
print(message["type"])
