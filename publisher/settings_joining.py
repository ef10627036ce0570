"""The section of `publisher.toml` that says how readers join by themselves."""

from __future__ import annotations

from pydantic import Field

from publisher.settings_types import Rate, Section


class JoiningSettings(Section):
    """How readers subscribe by themselves, to the lists that are public."""

    form: bool = True
    """Whether there is a page with a form, `/subscribe`, and pages lead to it; a site of static files alone
    has none."""
    consent: str = Field(default="", max_length=1000)
    """What readers agree to, as the form says it; a sentence in the language of the form if empty."""
    welcome: bool = True
    """Whether a new reader gets a mail of welcome, with the latest issue."""
    per_network: Rate = "20/h"
    """How many may ask to join from one address of a network; no limit if empty."""
    per_block: Rate = "100/h"
    """How many may ask to join from one network of 256 addresses, of IPv6 a /48."""
    per_address: Rate = "3/d"
    """How many mails one address gets for it."""
    per_domain: Rate = "2000/h"
    """How many addresses of one domain may be given; new addresses of readers count, too."""
    in_all: Rate = "3000/h"
    """How many may ask to join in all, or for another address."""
