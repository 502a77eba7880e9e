"""Verifies and parses a message with libraries of others. Reads {"secret", "other", "headers", "body"} from stdin."""

import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from standardwebhooks import Webhook, WebhookVerificationError

given = json.load(sys.stdin)
headers, body = given["headers"], given["body"]


def refused(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


Webhook(given["secret"]).verify(body, headers)
assert refused(given["other"], headers, body), "another secret"
assert refused(given["secret"], headers, body.replace("Solberg", "Solveig")), "another body"
late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
assert refused(given["secret"], late, body), "an old message"
event = from_structured_event(HTTPMessage(headers=headers, body=body.encode()))
print(event.get_type(), event.get_id(), event.get_data()["after"]["customer"])
