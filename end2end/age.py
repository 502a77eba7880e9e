"""Makes every login of an SQLite database older: age.py DATABASE MINUTES.

The proofs of these logins become older too. Prints the number of logins.
"""

import datetime
import json
import sqlite3
import sys

database, minutes = sys.argv[1], float(sys.argv[2])
earlier = datetime.timedelta(minutes=minutes)


def before(moment):
    # To the second, because Python 3.11 and older cannot read nanoseconds.
    then = datetime.datetime.fromisoformat(moment[:19] + "+00:00") - earlier
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


with sqlite3.connect(database, timeout=10) as connection:
    rows = connection.execute("SELECT id_hash, data FROM logins").fetchall()
    for id_hash, data in rows:
        data = json.loads(data)
        for name in ("since", "proved"):
            if data["login"].get(name):
                data["login"][name] = before(data["login"][name])
        connection.execute("UPDATE logins SET data = ? WHERE id_hash = ?", (json.dumps(data), id_hash))
print(len(rows))
