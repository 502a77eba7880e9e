"""offline.py: verifies the files of an offline device with PyJWT and joserfc.

Reads a JSON object from stdin: `request` and `release`, each a compact JWS; `key`, the device's public JWK; `response`, the
body of a response file; `audience`. Prints the claims. Fails if a library refuses one of them, or accepts one that was altered.
"""

import base64
import json
import sys

import jwt
from joserfc import jws
from joserfc import jwt as jose
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey


def tampered(token):
    """Returns the token with another audience and the old signature."""
    header, claims, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    claims = base64.urlsafe_b64encode(json.dumps({**read, "aud": "x"}).encode()).rstrip(b"=").decode()
    return ".".join([header, claims, signature])


def refuses(act, token):
    """Exits with an error unless the library refuses the altered token."""
    try:
        act(tampered(token))
    except (jwt.PyJWTError, JoseError):
        return
    sys.exit(f"accepted an altered token: {token}")


def check(token, key, typ, audience):
    """Verifies a request or release with the device's key, and returns its claims."""

    def py_jwt(token):
        # These have no `exp`: the server judges them by `iat` and nonce.
        return jwt.decode(token, jwt.PyJWK(key), algorithms=["EdDSA"], audience=audience, options={"verify_iat": False})

    def joserfc(token):
        registry = jws.JWSRegistry(algorithms=["EdDSA"], strict_check_header=False)
        return jose.decode(token, OKPKey.import_key(key), algorithms=["EdDSA"], registry=registry).claims

    if jwt.get_unverified_header(token)["typ"] != typ or py_jwt(token) != joserfc(token):
        sys.exit(f"PyJWT and joserfc do not agree on the {typ}")
    refuses(py_jwt, token)
    refuses(joserfc, token)
    return py_jwt(token)


def response(body, audience):
    """Verifies the token of a response with the key in the response, and returns its claims.

    A device accepts that key only if it has pinned it.
    """
    token, key = body.split("~")
    key = json.loads(base64.urlsafe_b64decode(key + "=="))
    if ECKey.import_key(key).thumbprint() != key["kid"]:
        sys.exit("the key's name is not its thumbprint")

    def py_jwt(token):
        return jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience=audience, options={"verify_exp": False})

    def joserfc(token):
        return jose.decode(token, ECKey.import_key(key), algorithms=["ES256"]).claims

    if jwt.get_unverified_header(token)["kid"] != key["kid"] or py_jwt(token) != joserfc(token):
        sys.exit("PyJWT and joserfc do not agree on the response")
    refuses(py_jwt, token)
    refuses(joserfc, token)
    return py_jwt(token)


def main():
    given = json.load(sys.stdin)
    key, audience = given["key"], given["audience"]
    read = {
        "request": check(given["request"], key, "latchkey-request+jwt", audience),
        "release": check(given["release"], key, "latchkey-release+jwt", audience),
        "response": response(given["response"], audience),
    }
    print(json.dumps(read))


main()
