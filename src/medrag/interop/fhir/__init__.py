"""FHIR R4 and R5: a patient's facts out of a hospital's record."""

from medrag.interop.fhir.notes import SOMEBODY_ELSE, FhirPatient, Note
from medrag.interop.fhir.patients import read_fhir

__all__ = ["SOMEBODY_ELSE", "FhirPatient", "Note", "read_fhir"]
