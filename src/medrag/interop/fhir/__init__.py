"""FHIR R4 and R5: a patient's facts out of a hospital's record, answers back into it."""

from medrag.interop.fhir.guidance import guidance_bundle
from medrag.interop.fhir.notes import SOMEBODY_ELSE, FhirPatient, Note
from medrag.interop.fhir.patients import read_fhir

__all__ = ["SOMEBODY_ELSE", "FhirPatient", "Note", "guidance_bundle", "read_fhir"]
