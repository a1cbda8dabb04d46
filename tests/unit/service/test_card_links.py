"""A card's link leads to the quoted words in the institution's own document."""

from urllib.parse import urlsplit

from tests.unit.service.conftest import TOKENS, opened
from tests.unit.service.test_api import hook_body

import medrag

PROTOCOL = "# Pain\n\nDo not give ketorolac with warfarin: the risk of bleeding is high.\n"


def test_the_link_of_a_card_opens_the_quoted_words(settings, tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "pain.md").write_text(PROTOCOL, encoding="utf-8")
    medrag.Index.build(
        [tmp_path / "corpus"], tmp_path / "index", embedder="hashing", progress=False
    )
    warfarin = {
        "resourceType": "MedicationRequest",
        "id": "w",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Warfarin 5 MG Oral Tablet"},
    }
    body = hook_body(prefetch={"medications": {"resourceType": "Bundle", "entry": [warfarin]}})
    with opened(settings.model_copy(update={"index": str(tmp_path / "index")})) as client:
        headers = {"Authorization": f"Bearer {TOKENS['reader']}"}
        found = client.post("/cds-services/medrag-order-sign", json=body, headers=headers).json()
        (link,) = [link for card in found["cards"] for link in card.get("links", ())][:1]
        address = urlsplit(link["url"])
        client.post("/sign-in", data={"token": TOKENS["reader"]})
        page = client.get(f"{address.path}?{address.query}").text
    assert address.fragment == "quoted"
    assert '<mark id="quoted">Do not give ketorolac with warfarin' in page
