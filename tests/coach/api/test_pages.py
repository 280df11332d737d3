"""The pages come from here and from nowhere else."""

import re

import httpx
import pytest


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_is_html(client: httpx.AsyncClient, path: str) -> None:
    """A browser shows it, and does not offer to save it."""
    response = await client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert not response.headers.get("content-disposition", "").startswith("attachment")


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_is_made_of_files_that_are_served_here(client: httpx.AsyncClient, path: str) -> None:
    """Each script, style and picture is there, and none lies on another host: it works offline."""
    page = (await client.get(path)).text
    files = [
        name for name in re.findall(r"(?:src|href)=[\"']?([^\"'\s>]+)", page) if not name.startswith(("data:", "#"))
    ]
    assert files
    for name in files:
        assert re.match(r"/(?!/)", name)
        assert (await client.get(name)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/page/composer.js", "/page/composer.css", "/page/favicon.svg"])
async def test_no_page_names_another_host(client: httpx.AsyncClient, path: str) -> None:
    """Nothing is fetched from outside, by markup, style or script."""
    text = (await client.get(path)).text.replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:https?|wss?)://[^\s\"']*|[\"'(=]//\w[^\s\"']*", text) == []


@pytest.mark.parametrize("path", ["/page/nope.js", "/swagger/nope.js", "/page/", "/page/%2e%2e/pages.py"])
async def test_no_other_file_is_served(client: httpx.AsyncClient, path: str) -> None:
    """What lies beside the pages stays there."""
    assert (await client.get(path)).status_code == 404
