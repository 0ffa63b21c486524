"""A few lines of oras-py, run by the Python of ``bench/.venv``: what one would write to use it as a program."""

import hashlib
import sys

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def main(words: list[str]) -> None:
    """Do one job."""
    import oras  # type: ignore[import-not-found] # noqa: PLC0415 - the start-up is what is measured
    import oras.client  # type: ignore[import-not-found] # noqa: PLC0415

    job, *rest = words
    if job == "version":
        print(oras.__version__)
        return
    name, wire, *rest = rest
    client = oras.client.OrasClient(insecure=wire != "tls")
    if job == "digest":
        container = client.get_container(name)
        answer = client.do_request(f"{client.prefix}://{container.manifest_url()}", "GET", headers={"Accept": "*/*"})
        print("sha256:" + hashlib.sha256(answer.content).hexdigest())
    elif job == "tags":
        print("\n".join(client.get_tags(name)))
    elif job == "heads":
        for tag in client.get_tags(name):
            container = client.get_container(f"{name.rpartition(':')[0]}:{tag}")
            answer = client.do_request(f"{client.prefix}://{container.manifest_url()}", "HEAD", headers={"Accept": MANIFEST})
            print(tag, answer.headers["Docker-Content-Digest"])
    elif job == "put":
        client.push(target=name, files=rest)
    else:
        client.pull(target=name, outdir=rest[0])


if __name__ == "__main__":
    main(sys.argv[1:])
