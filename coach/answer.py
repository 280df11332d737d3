"""What of a model's answer is the reply: models wrap it in chatter, quotation marks, JSON or code fences."""

import json
import re

_PREAMBLE = re.compile(
    r"\A\s*(?:(?:sure|certainly|of course|absolutely|okay|ok|great)(?: thing)?[!,.]?\s+)?"
    r"(?P<announces>(?:here(?:'s| is)|below is|this is|the following is)\b[^\n:]{0,100}:\s*)?"
    r"(?P<label>\**(?:reply|response|answer|e-?mail|message|rewritten reply|coached reply)\**\s*:\s*\**\s*)?"
    r"(?P<subject>\**subject\**\s*:[^\n]*\n+)?",
    re.IGNORECASE,
)
_AFTERWORD = re.compile(
    r"\n+\s*(?:-{3,}|\*{3,}|(?:note|explanation|changes(?: made)?|why|i hope this|"
    r"let me know if you(?:'d| would) like (?:me|any) |"
    r"this reply)\b[^\n]*:?)[\s\S]*\Z",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[ \t]*(?:[-*\u2022]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_FENCE = re.compile(r"\A\s*```\w*\s*\n?|\n?\s*```\s*\Z")
_QUOTES = {'"': '"', "\u201c": "\u201d", "'": "'", "\u00ab": "\u00bb", "\u2018": "\u2019"}
_SENTENCE_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019)]*(?=\s|\Z)")


def reply_in(answer: str) -> str:
    """The reply in an answer, or in what there is of it so far."""
    text = _FENCE.sub("", answer).strip()
    text = _from_json(text)
    text = text[_preamble_end(text) :]
    text = _without_bullets(_AFTERWORD.sub("", text).strip())
    closing = _QUOTES.get(text[:1])
    if closing and (text.endswith(closing) or closing not in text[1:]) and text[1:-1].count(text[0]) == 0:
        text = text[1:].removesuffix(closing)
    return text.strip()


def _without_bullets(text: str) -> str:
    """A list as the sentences that it is."""
    if len(_BULLET.findall(text)) < 2:
        return text
    lines = [line.strip() for line in _BULLET.sub("", text).splitlines()]
    return " ".join(line if line.endswith((".", "!", "?", ":", ",")) else f"{line}." for line in lines if line)


def whole_sentences_of(text: str) -> str:
    """A text that was cut off, as far as its sentences are whole."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""


def _preamble_end(text: str) -> int:
    found = _PREAMBLE.match(text)
    # "Sure." alone may begin a reply; it goes where something is announced after it.
    return found.end() if found and any(found.groups()) else 0


def _from_json(text: str) -> str:
    if not text.startswith(("{", "[")):
        return text
    try:
        data = json.loads(text)
    except ValueError:
        return text
    strings = [value for value in data.values() if isinstance(value, str)] if isinstance(data, dict) else []
    return max(strings, key=len, default=text)
