"""Lets every login of a SQLite database have begun so many minutes earlier: age.py DATABASE MINUTES.

What a person proved when they signed in is as much older then; nothing else has changed.
"""

import datetime
import json
import sqlite3
import sys

database, minutes = sys.argv[1], float(sys.argv[2])
earlier = datetime.timedelta(minutes=minutes)


def before(moment):
    # To the second: Python 3.11 and older read no nanoseconds.
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
