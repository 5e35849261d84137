"""Runs inside the app's container: writes one word to companions over the network, or reads what was written.

`client.py write|read COMPANION...` prints, as JSON, what each of them holds afterwards, or what went wrong.
"""

import asyncio
import json
import os
import socket
import sys
import urllib.parse
import urllib.request
from pathlib import Path

_, what, *companions = sys.argv
word = "first"
companion = ""


def secret(name: str) -> urllib.parse.ParseResult:
    """What the app was handed, as a URL."""
    return urllib.parse.urlparse(Path("/run/secrets", name).read_text().strip())


def postgres() -> object:
    import pg8000.native

    url = secret("database_url")
    with pg8000.native.Connection(url.username or "", password=url.password, host=url.hostname or "", database=url.path[1:]) as connection:
        connection.run("CREATE TABLE IF NOT EXISTS kept (word text)")
        if what == "write":
            connection.run("INSERT INTO kept VALUES (:word)", word=word)
        return sorted(row[0] for row in connection.run("SELECT word FROM kept"))


def mariadb() -> object:
    import pymysql

    url = secret("mariadb_url")
    connection = pymysql.connect(host=url.hostname, user=url.username, password=url.password or "", database=url.path[1:], autocommit=True)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        if what == "write":
            cursor.execute("INSERT INTO kept VALUES (%s)", (word,))
        cursor.execute("SELECT word FROM kept")
        return sorted(row[0] for row in cursor.fetchall())


def redis() -> object:
    from redis import Redis

    with Redis(companion, decode_responses=True) as connection:
        if what == "write":
            connection.sadd("kept", word)
        return sorted(connection.smembers("kept"))


valkey = redis


def memcached() -> object:
    with socket.create_connection((companion, 11211), 5) as connection, connection.makefile("rwb") as stream:
        stream.write(f"set kept 0 0 {len(word)}\r\n{word}\r\n".encode() if what == "write" else b"get kept\r\n")
        stream.flush()
        said = stream.readline().decode().strip()
        return [stream.readline().decode().strip()] if said.startswith("VALUE") else [] if said == "END" else said


def rabbitmq() -> object:
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(secret("rabbitmq_url").geturl()))
    channel = connection.channel()
    channel.queue_declare("kept", durable=True)
    channel.confirm_delivery()
    if what == "write":
        channel.basic_publish("", "kept", word.encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)
    found = []
    while (got := channel.basic_get("kept"))[0]:
        found.append(got[2].decode())
    # What was not confirmed goes back to the queue.
    connection.close()
    return sorted(found)


def nats() -> object:
    async def ask() -> object:
        import nats

        connection = await nats.connect(os.environ["NATS_URL"])
        stream = connection.jetstream()
        await stream.add_stream(name="kept", subjects=["kept"])
        if what == "write":
            await stream.publish("kept", word.encode())
        count = (await stream.stream_info("kept")).state.messages
        found = [(await stream.get_msg("kept", number)).data.decode() for number in range(1, count + 1)]
        await connection.close()
        return sorted(found)

    return asyncio.run(ask())


def mosquitto() -> object:
    import paho.mqtt.publish as publish
    import paho.mqtt.subscribe as subscribe

    if what == "write":
        publish.single("kept", word, qos=1, retain=True, hostname=companion)
    message = subscribe.simple("kept", hostname=companion, qos=1)
    return [message.payload.decode()]


def prometheus() -> object:
    query = urllib.parse.quote('count_over_time(up{job="prometheus"}[1h])')
    with urllib.request.urlopen(f"{os.environ['PROMETHEUS_URL']}/api/v1/query?query={query}", timeout=5) as answer:
        found = json.load(answer)["data"]["result"]
    return int(found[0]["value"][1]) if found else 0


def passed_on() -> object:
    with urllib.request.urlopen(f"http://{companion}:8080/hello.txt", timeout=5) as answer:
        return answer.read().decode().strip()


nginx = caddy = haproxy = passed_on

found: dict[str, object] = {}
for companion in companions:
    try:
        found[companion] = globals()[companion]()
    except Exception as error:  # Whatever it is: the test shows it.
        found[companion] = f"{type(error).__name__}: {error}"
print(json.dumps(found))
