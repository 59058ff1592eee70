"""Which id an account gave to what templates can only name, consistently over a comparison."""

from __future__ import annotations

import re
from typing import Final

_SYMBOL: Final = re.compile(r"⟦[^⟧]*⟧")


class Binding:
    """What stands for each placeholder; two placeholders never stand for the same text."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._symbols: dict[str, str] = {}

    def spell(self, promised: str) -> str:
        """Return a text with every placeholder spelled out whose text is known.

        Args:
            promised: e.g. ``arn:aws:kms:eu-west-1:111122223333:key/⟦Data.Key⟧``.
        """
        if "⟦" not in promised:
            return promised
        return _SYMBOL.sub(lambda found: self._texts.get(found[0], found[0]), promised)

    def knows(self, promised: str) -> bool:
        """Say whether every placeholder of a text is known.

        Args:
            promised: the text.
        """
        return "⟦" not in self.spell(promised)

    def may_be(self, promised: str, found: str) -> dict[str, str] | None:
        """Return what the open placeholders of a text would stand for; None if it cannot be.

        Args:
            promised: a text of the templates.
            found: a text of the account.
        """
        spelled = self.spell(promised)
        if "⟦" not in spelled:
            return {} if spelled == found else None
        symbols = _SYMBOL.findall(spelled)
        groups: dict[str, int] = {}
        pattern = ""
        for part, symbol in zip(_SYMBOL.split(spelled), [*symbols, None], strict=True):
            pattern += re.escape(part)
            if symbol is None:
                continue
            if symbol in groups:
                pattern += f"\\{groups[symbol]}"
            else:
                groups[symbol] = len(groups) + 1
                pattern += "(.+?)"
        match = re.fullmatch(pattern, found, re.DOTALL)
        if match is None:
            return None
        bound = {symbol: match[number] for symbol, number in groups.items()}
        taken = any(self._symbols.get(text, symbol) != symbol for symbol, text in bound.items())
        return None if taken or len(set(bound.values())) < len(bound) else bound

    def bind(self, promised: str, found: str) -> bool:
        """Remember that two texts are the same thing; say whether they can be.

        Args:
            promised: a text of the templates.
            found: a text of the account.
        """
        bound = self.may_be(promised, found)
        if bound is None:
            return False
        for symbol, text in bound.items():
            self._texts[symbol] = text
            self._symbols[text] = symbol
        return True
