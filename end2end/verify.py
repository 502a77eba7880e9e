"""verify.py SERVER: verifies license tokens with PyJWT, joserfc and Authlib, using the server's live JWK set.

Reads one JSON object per line from stdin: `token`, `algorithm`, `audience`. Prints the result of each library for each token,
one JSON object per line. Fails if a library refuses a valid token, or accepts one that was altered or is for another product.
"""

import base64
import json
import sys
import urllib.request

import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.jose import JsonWebKey, JsonWebToken
from joserfc import jwt as jose
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

TYPE = "license+jwt"


def py_jwt(server, token, algorithm, audience):
    """Returns the header and the claims, verified with PyJWT."""
    key = jwt.PyJWKClient(f"{server}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    required = {"require": ["exp", "iat", "nbf", "iss", "aud", "sub", "jti"]}
    claims = jwt.decode(token, key, algorithms=[algorithm], audience=audience, issuer=server, options=required)
    return jwt.get_unverified_header(token), claims


def joserfc(server, token, algorithm, audience):
    """Returns the header and the claims, verified with joserfc."""
    with urllib.request.urlopen(f"{server}/.well-known/jwks.json") as answer:
        keys = KeySet.import_key_set(json.load(answer))
    read = jose.decode(token, keys, algorithms=[algorithm])
    rules = jose.JWTClaimsRegistry(
        iss={"essential": True, "value": server}, aud={"essential": True, "value": audience}, exp={"essential": True}
    )
    rules.validate(read.claims)
    return read.header, read.claims


def authlib(server, token, algorithm, audience):
    """Returns the header and the claims, verified with Authlib."""
    with urllib.request.urlopen(f"{server}/.well-known/jwks.json") as answer:
        keys = JsonWebKey.import_key_set(json.load(answer))
    rules = {"iss": {"essential": True, "value": server}, "aud": {"essential": True, "value": audience}}
    claims = JsonWebToken([algorithm]).decode(token, keys, claims_options=rules)
    claims.validate()
    return claims.header, dict(claims)


def tampered(token):
    """Returns the token with another customer and the old signature."""
    header, claims, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    read["license"]["customer"] = "Somebody else"
    claims = base64.urlsafe_b64encode(json.dumps(read).encode()).rstrip(b"=").decode()
    return ".".join([header, claims, signature])


def refuses(verify, refusal, *arguments):
    """Exits with an error unless the library refuses."""
    try:
        verify(*arguments)
    except refusal:
        return
    sys.exit(f"{verify.__name__} accepted a token that it must refuse: {arguments}")


def main():
    server = sys.argv[1]
    for line in sys.stdin:
        asked = json.loads(line)
        token, algorithm, audience = asked["token"], asked["algorithm"], asked["audience"]
        other = "ES256" if algorithm != "ES256" else "RS256"
        libraries = [
            (py_jwt, jwt.PyJWTError),
            (joserfc, (JoseError, ValueError)),
            (authlib, (AuthlibBaseError, ValueError)),
        ]
        for verify, refusal in libraries:
            header, claims = verify(server, token, algorithm, audience)
            if header["typ"] != TYPE:
                sys.exit(f"{verify.__name__} read the type {header['typ']}")
            refuses(verify, refusal, server, tampered(token), algorithm, audience)
            refuses(verify, refusal, server, token, algorithm, "another-product")
            refuses(verify, refusal, server, token, other, audience)
            print(json.dumps({"library": verify.__name__, "header": header, "claims": claims}))


main()
