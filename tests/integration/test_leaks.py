"""Plant identifiers in a question, answer it in every way, and search everything for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fake_chat_server import FakeServer, refusal, serving

from medrag.sealing import SecretKey

PLANTED = (
    "Wilhelmina",
    "Okonjo",
    "MRN 55120934",
    "55120934",
    "03/14/1951",
    "14 March 1951",
    "617-555-0142",
    "w.okonjo@mailhost.example",
    "412 Larkspur Lane",
    "Larkspur",
    "Worcester",
    "01609",
    "078-05-1120",
    "94 year old",
    "St. Brendan",
    "192.0.2.44",
    "https://portal.example/p/okonjo",
    "QX99 LMN",
    "SN-88213-AZ",
    "Pemberton",
)
QUESTION = (
    "Dr. Pemberton asks about Mrs. Wilhelmina Okonjo, MRN 55120934, DOB 03/14/1951 (born 14 March "
    "1951), phone 617-555-0142, email w.okonjo@mailhost.example, of 412 Larkspur Lane, Worcester, "
    "MA 01609, SSN 078-05-1120, a 94 year old woman admitted to St. Brendan Hospital from IP "
    "192.0.2.44, see https://portal.example/p/okonjo, plate QX99 LMN, pacemaker serial number "
    "SN-88213-AZ. What is the dose of examplazine for Okonjo?"
)
PATIENT = {
    "age_years": 94,
    "weight_kg": 48,
    "conditions": ["atrial fibrillation, followed by Dr. Pemberton at St. Brendan Hospital"],
    "medications": ["warfarin 5 mg daily (Mrs. Okonjo takes it at 617-555-0142)"],
    "allergies": ["penicillin (told by Wilhelmina Okonjo on 03/14/1951)"],
    "labs": [{"name": "INR", "value": 2.4, "taken": "1951-03-14"}],
}
GUIDE = "# Examplazine\n\nGive examplazine 5 mg by mouth once daily. Below 50 kg give 2.5 mg.\n"
LOUD = (
    "import logging, sys; logging.basicConfig(level=logging.DEBUG); "
    "from medrag.cli import main; main()"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder in which everything happens, with an index, keys and a patient."""
    home = tmp_path_factory.mktemp("home")
    for name in ("guide", "tmp", "cache"):
        (home / name).mkdir()
    (home / "guide" / "guide.md").write_text(GUIDE)
    SecretKey.create(home / "content.key")
    medrag(home, "index", "build", "guide", "--index", "g.index")
    return home


def medrag(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line with every log shown, at home in `home`."""
    told = dict(os.environ, HOME=str(home), TMPDIR=str(home / "tmp"))
    told["XDG_CACHE_HOME"] = str(home / "cache")
    command = [sys.executable, "-c", LOUD, *arguments]
    return subprocess.run(
        command, cwd=home, env=told, input=stdin, capture_output=True, text=True, check=False
    )


def leaks(text: str) -> list[str]:
    return [planted for planted in PLANTED if planted.casefold() in text.casefold()]


def leaks_on_disk(home: Path, *, but: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return every file below `home` that holds a planted identifier, and which."""
    found = []
    for path in home.rglob("*"):
        if path.is_file() and path.name not in but:
            text = f"{path.name}\n{path.read_bytes().decode('utf-8', 'replace')}"
            found += [(str(path.relative_to(home)), planted) for planted in leaks(text)]
    return found


def ask(home: Path, *options: str, name: str) -> subprocess.CompletedProcess[str]:
    (home / "patient.json").write_text(json.dumps(PATIENT))
    return medrag(
        home,
        *("ask", QUESTION, "--index", "g.index", "--patient", "patient.json"),
        *("--review", f"pending-{name}", "--audit", f"log-{name}", *options),
    )


@pytest.mark.parametrize(
    "options",
    [
        ("--json", "--trace", "trace.json"),
        ("--stream", "--audit-content", "deidentified"),
        ("--content-key", "content.key"),
    ],
    ids=["json", "stream", "sealed"],
)
def test_no_identifier_reaches_output_log_trace_review_or_audit(home, options):
    name = options[0].strip("-")
    told = ask(home, *options, name=name)
    assert told.returncode == 0, told.stderr
    assert leaks(told.stdout) + leaks(told.stderr) == []
    assert leaks_on_disk(home, but=("patient.json",)) == []
    folder = home / f"pending-{name}"
    kept = next(folder.glob("*.answer.json")).read_text()
    assert '"weight_kg":48' in kept.replace(" ", "")  # what the answer needs is still there
    assert "warfarin 5 mg daily" in kept


@pytest.mark.parametrize("failure", ["none", "refusal", "echo"])
def test_no_identifier_reaches_a_server_or_comes_back_in_its_errors(home, failure):
    fake = FakeServer()
    if failure == "refusal":
        fake.script = [refusal(403, json.dumps({"error": QUESTION}))] * 200
    if failure == "echo":
        fake.text = json.dumps({"status": "insufficient", "claims": [], "missing": "the dose"})
    with serving(fake) as server:
        told = ask(home, "--llm", f"{server.url}/v1", name=f"server-{failure}")
    assert told.returncode == (2 if failure == "refusal" else 0), told.stderr
    assert fake.asked, "the server was never asked"
    assert leaks(json.dumps(fake.asked, ensure_ascii=False)) == []
    assert leaks(told.stdout) + leaks(told.stderr) == []
    assert leaks_on_disk(home, but=("patient.json",)) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", QUESTION, "--index", "missing.index"),
        ("ask", QUESTION, "--index", "g.index", "--patient", "bad.json"),
        ("ask", "--cases", "bad.jsonl", "--index", "g.index", "--out", "out.jsonl"),
        ("check", "--answer", "missing.txt"),
    ],
    ids=["no index", "bad patient", "bad cases", "no answer"],
)
def test_no_identifier_stands_in_an_error(home, arguments):
    (home / "bad.json").write_text(json.dumps({**PATIENT, "weight_kg": QUESTION}))
    (home / "bad.jsonl").write_text(json.dumps({"id": 1, "question": QUESTION, "patient": 7}))
    told = medrag(home, *arguments)
    assert told.returncode == 2, told.stderr
    assert leaks(told.stdout) + leaks(told.stderr) == []
    but = ("patient.json", "bad.json", "bad.jsonl")
    assert leaks_on_disk(home, but=but) == []


IDENTITY = {
    "resourceType": "Patient",
    "id": "p-1",
    "name": [{"family": "Zaunkoenig", "given": ["Bartholomea"]}],
    "birthDate": "1950-02-03",
    "identifier": [{"value": "KX-40-7731"}],
}


def test_with_a_vault_only_the_screen_names_the_patient(home):
    (home / "identity.json").write_text(json.dumps(IDENTITY))
    SecretKey.create(home / "vault.key")
    told = medrag(
        home,
        *("ask", "zaunkoenig bartholomea, KX-40-7731: what is the dose of examplazine?"),
        *("--index", "g.index", "--review", "pending-vault", "--audit", "log-vault"),
        *("--identity", "identity.json", "--vault", "v.vault", "--vault-key", "vault.key"),
        *("--audit-content", "deidentified"),
    )
    assert told.returncode == 0, told.stderr
    for path in [home / "v.vault", *(home / "log-vault").rglob("*"), *home.glob("pending-vault/*")]:
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace").casefold()
            assert not any(name in text for name in ("zaunkoenig", "bartholomea", "kx-40-7731"))
    assert "Give examplazine 5 mg" in told.stdout
