"""`coach serve`: run the service."""

import socket
from contextlib import suppress

import click
import uvicorn

from coach.app import create_app
from coach.cli.render import err, progress_bar
from coach.errors import SettingsError
from coach.local_model import find_weights
from coach.logs import configure_logs
from coach.settings import Settings, load_settings

_GRACE_S = 5


@click.command()
@click.option("--host", help="The address to listen on; else COACH_HOST, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; else COACH_PORT, else 8000; 0 takes a free one.")
def command(host: str | None, port: int | None) -> None:
    """Run the service: the API, its docs at /docs, and the composer page at /."""
    settings = load_settings()
    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = settings.model_copy(update=given)
    configure_logs(settings.log_format, settings.log_level)
    app = create_app(settings)
    with _listener(settings) as listener:
        if settings.embedded:
            with progress_bar() as progress:
                find_weights(settings.local_model, settings.cache_dir).prepare(progress)
        _greet(settings, listener)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE_S
        )
        with suppress(KeyboardInterrupt):  # Ctrl-C is how a person stops it
            uvicorn.Server(config).run(sockets=[listener])


def _listener(settings: Settings) -> socket.socket:
    """A socket on the address asked for, before anything slow is begun."""
    listener = None
    try:
        family, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # else a second service could bind to it too, until one of them serves
    except OSError as error:
        if listener:
            listener.close()
        raise SettingsError(
            f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror}. "
            "Stop what listens there, or choose another with --port or COACH_PORT (0 takes a free one)."
        ) from None
    return listener


def _greet(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if settings.embedded:
        model = "the embedded model (no message leaves this machine; it is small and loads for some seconds)"
    else:
        model = f"the model behind {settings.openai_base_url or 'OpenAI'}"
    err.print(f"coach serves with {model}.", soft_wrap=True)
    err.print(f"  Write a reply:  {url}/\n  Try the API:    {url}/docs\n  Stop:           Ctrl-C", soft_wrap=True)
