"""status.py SERVER: verifies status lists with PyJWT, joserfc and Authlib, using the server's live JWK set.

Reads one JSON object per line from stdin: `uri` and `idx`, as in a token's `status.status_list`. Prints the status at that
place for each library, one JSON object per line. Fails if a library refuses a valid list, or accepts one that was altered or
belongs to another address.
"""

import base64
import json
import sys
import urllib.request
import zlib

import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.jose import JsonWebKey, JsonWebToken
from joserfc import jwt as jose
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

TYPE = "statuslist+jwt"


def fetched(address, **headers):
    """Returns the content type and the body at that address."""
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def py_jwt(server, token, uri):
    """Returns the header and the claims, verified with PyJWT."""
    key = jwt.PyJWKClient(f"{server}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    required = {"require": ["sub", "iat", "exp", "ttl", "status_list"]}
    claims = jwt.decode(token, key, algorithms=["ES256"], subject=uri, issuer=server, options=required)
    return jwt.get_unverified_header(token), claims


def joserfc(server, token, uri):
    """Returns the header and the claims, verified with joserfc."""
    keys = KeySet.import_key_set(json.loads(fetched(f"{server}/.well-known/jwks.json")[1]))
    read = jose.decode(token, keys, algorithms=["ES256"])
    rules = jose.JWTClaimsRegistry(
        sub={"essential": True, "value": uri}, iat={"essential": True}, exp={"essential": True}, ttl={"essential": True}
    )
    rules.validate(read.claims)
    return read.header, read.claims


def authlib(server, token, uri):
    """Returns the header and the claims, verified with Authlib."""
    with urllib.request.urlopen(f"{server}/.well-known/jwks.json") as answer:
        keys = JsonWebKey.import_key_set(json.load(answer))
    rules = {"sub": {"essential": True, "value": uri}, "exp": {"essential": True}}
    claims = JsonWebToken(["ES256"]).decode(token, keys, claims_options=rules)
    claims.validate()
    return claims.header, dict(claims)


def status(claims, place):
    """Returns the status at a place, read as in section 4.1 of the draft."""
    bits, lst = claims["status_list"]["bits"], claims["status_list"]["lst"]
    statuses = zlib.decompress(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)))
    per_byte = 8 // bits
    return statuses[place // per_byte] >> place % per_byte * bits & (1 << bits) - 1


def tampered(token):
    """Returns an empty list with the old signature."""
    header, claims, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    read["status_list"]["lst"] = base64.urlsafe_b64encode(zlib.compress(bytes(1 << 18))).rstrip(b"=").decode()
    read["ttl"] += 1
    claims = base64.urlsafe_b64encode(json.dumps(read).encode()).rstrip(b"=").decode()
    return ".".join([header, claims, signature])


def refuses(verify, refusal, *arguments):
    """Exits with an error unless the library refuses."""
    try:
        verify(*arguments)
    except refusal:
        return
    sys.exit(f"{verify.__name__} accepted a list that it must refuse: {arguments}")


def main():
    server = sys.argv[1]
    for line in sys.stdin:
        asked = json.loads(line)
        uri, place = asked["uri"], asked["idx"]
        kind, token = fetched(uri, Accept=f"application/{TYPE}")
        if kind != f"application/{TYPE}":
            sys.exit(f"the server sent a status list as {kind}")
        libraries = [
            (py_jwt, jwt.PyJWTError),
            (joserfc, (JoseError, ValueError)),
            (authlib, (AuthlibBaseError, ValueError)),
        ]
        for verify, refusal in libraries:
            header, claims = verify(server, token, uri)
            if header["typ"] != TYPE:
                sys.exit(f"{verify.__name__} read the type {header['typ']}")
            refuses(verify, refusal, server, tampered(token), uri)
            refuses(verify, refusal, server, token, uri + "0")
            print(json.dumps({"library": verify.__name__, "status": status(claims, place)}))


main()
