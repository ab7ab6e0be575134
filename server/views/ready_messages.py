"""Ready messages: the same text to copy, as a `mailto:` and as a WhatsApp link. Nothing is sent by opening a page."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Ready:
    """A text with its subject, and the ways it can go. `mailto` without an address lets the mail program ask."""

    subject: str
    text: str
    email: str = ""
    phone: str = ""

    @property
    def mailto(self) -> str:
        """Opens the mail program with everything filled in."""
        body = self.text.replace("\n", "\r\n")
        return f"mailto:{quote(self.email, safe='@')}?" + urlencode(
            {"subject": self.subject, "body": body}, quote_via=quote
        )

    @property
    def whatsapp(self) -> str:
        """Opens WhatsApp with the text; for a number without its country, or none, it asks to whom."""
        plain = re.sub(r"[^\d+]", "", self.phone)
        plain = "+" + plain[2:] if plain.startswith("00") else plain
        to = plain[1:] if plain.startswith("+") and 8 <= len(plain) <= 16 else ""
        return f"https://wa.me/{to}?" + urlencode({"text": self.text}, quote_via=quote)
