"""Other people's formats: FHIR patients and answers, and what else an institution speaks."""
