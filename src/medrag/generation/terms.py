"""Models with terms of use: their names, and what must be said when their weights load."""

from __future__ import annotations

HUB_NAMES = {
    "medgemma-27b": "google/medgemma-27b-text-it",
    "medgemma-27b-multimodal": "google/medgemma-27b-it",
    "medgemma-4b": "google/medgemma-4b-it",
    "medgemma-1.5-4b": "google/medgemma-1.5-4b-it",
}
"""Short name -> name on the Hugging Face hub."""

TERMS_URL = "https://developers.google.com/health-ai-developer-foundations/terms"
HAI_DEF_NOTICE = (
    "HAI-DEF is provided under and subject to the Health AI Developer Foundations Terms of Use "
    f"found at {TERMS_URL}. MedGemma's outputs are not intended to directly inform clinical "
    "diagnosis, patient management or treatment; clinical use needs the authorization that "
    "your jurisdiction asks for."
)


def notice_for(name: str) -> str | None:
    """Return the notice that belongs to a model of this name or path, or None."""
    return HAI_DEF_NOTICE if "medgemma" in name.casefold() else None


def missing_weights(name: str, hub_name: str) -> str:
    """Return what to do when the weights of a model are not on this machine."""
    terms = (
        "the Health AI Developer Foundations Terms of Use" if notice_for(hub_name) else "its terms"
    )
    return (
        f"The weights of {name!r} are not on this machine: no such folder, and not in the Hugging "
        "Face cache; medrag fetches none unasked. "
        f"Where there is a network: accept {terms} at https://huggingface.co/{hub_name}, run "
        f"'hf download {hub_name} --local-dir FOLDER', bring FOLDER here and give its path "
        "instead of the name."
    )
