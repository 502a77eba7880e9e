"""offline.py: has PyJWT and joserfc verify what goes to and from a device that is never online.

Reads from stdin a JSON object: `request` and `release`, compact JWS; `key`, the device's public JWK; `response`, the body of
a response file; `audience`. Ends with an error if a library refuses one of them, or takes one that was tampered with.
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
    """The token with another member in it, under the old signature."""
    header, claims, signature = token.split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    claims = base64.urlsafe_b64encode(json.dumps({**read, "aud": "x"}).encode()).rstrip(b"=").decode()
    return ".".join([header, claims, signature])


def refuses(act, token):
    """Ends the program unless the library refuses the token once it is tampered with."""
    try:
        act(tampered(token))
    except (jwt.PyJWTError, JoseError):
        return
    sys.exit(f"taken although it was tampered with: {token}")


def paper(token, key, typ, audience):
    """A paper, by the key of its device."""

    def py_jwt(token):
        # Neither has an end: `iat` and the nonce are the server's to judge.
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
    """The token of a response, by the key that came along: which a device takes only if it has pinned that key."""
    token, key = body.split("~")
    key = json.loads(base64.urlsafe_b64decode(key + "=="))
    if ECKey.import_key(key).thumbprint() != key["kid"]:
        sys.exit("the key is not named by its thumbprint")

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
        "request": paper(given["request"], key, "latchkey-request+jwt", audience),
        "release": paper(given["release"], key, "latchkey-release+jwt", audience),
        "response": response(given["response"], audience),
    }
    print(json.dumps(read))


main()
