"""The csv module and psycopg's executemany: ``csv_executemany.py FILE URL``."""

import csv
import sys

import psycopg

with psycopg.connect(sys.argv[2]) as connection, open(sys.argv[1], newline="", encoding="utf-8") as file:
    places = ", ".join(["%s"] * 12)
    connection.cursor().executemany(f"INSERT INTO payments VALUES ({places})", csv.reader(file, delimiter="|"))
