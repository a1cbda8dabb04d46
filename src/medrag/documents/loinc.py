"""Names and LOINC codes of drug label sections, in the order of a printed label.

Source: FDA, "Structured Product Labeling: LOINC document and section codes", table of section
headings; openFDA's field names follow them.
"""

from __future__ import annotations

from collections.abc import Mapping

LABEL_SECTIONS: Mapping[str, tuple[str | None, str]] = {
    "boxed_warning": ("34066-1", "Boxed warning"),
    "recent_major_changes": ("43683-2", "Recent major changes"),
    "active_ingredient": ("55106-9", "Active ingredient"),
    "purpose": ("55105-1", "Purpose"),
    "indications_and_usage": ("34067-9", "Indications and usage"),
    "dosage_and_administration": ("34068-7", "Dosage and administration"),
    "dosage_forms_and_strengths": ("43678-2", "Dosage forms and strengths"),
    "contraindications": ("34070-3", "Contraindications"),
    "warnings": ("34071-1", "Warnings"),
    "warnings_and_cautions": ("43685-7", "Warnings and precautions"),
    "do_not_use": ("50570-1", "Do not use"),
    "ask_doctor": ("50569-3", "Ask a doctor before use"),
    "ask_doctor_or_pharmacist": ("50568-5", "Ask a doctor or pharmacist before use"),
    "when_using": ("50567-7", "When using this product"),
    "stop_use": ("50566-9", "Stop use and ask a doctor"),
    "pregnancy_or_breast_feeding": ("53414-9", "If pregnant or breast-feeding"),
    "keep_out_of_reach_of_children": ("50565-1", "Keep out of reach of children"),
    "precautions": ("42232-9", "Precautions"),
    "general_precautions": ("34072-9", "General precautions"),
    "information_for_patients": ("34076-0", "Information for patients"),
    "laboratory_tests": ("34075-2", "Laboratory tests"),
    "adverse_reactions": ("34084-4", "Adverse reactions"),
    "drug_interactions": ("34073-7", "Drug interactions"),
    "drug_and_or_laboratory_test_interactions": (
        "34074-5",
        "Drug and laboratory test interactions",
    ),
    "use_in_specific_populations": ("43684-0", "Use in specific populations"),
    "pregnancy": ("42228-7", "Pregnancy"),
    "teratogenic_effects": ("34077-8", "Teratogenic effects"),
    "nonteratogenic_effects": ("34078-6", "Nonteratogenic effects"),
    "labor_and_delivery": ("34079-4", "Labor and delivery"),
    "lactation": ("77290-5", "Lactation"),
    "nursing_mothers": ("34080-2", "Nursing mothers"),
    "pediatric_use": ("34081-0", "Pediatric use"),
    "geriatric_use": ("34082-8", "Geriatric use"),
    "drug_abuse_and_dependence": ("42227-9", "Drug abuse and dependence"),
    "controlled_substance": ("34085-1", "Controlled substance"),
    "abuse": ("34086-9", "Abuse"),
    "dependence": ("34087-7", "Dependence"),
    "overdosage": ("34088-5", "Overdosage"),
    "description": ("34089-3", "Description"),
    "clinical_pharmacology": ("34090-1", "Clinical pharmacology"),
    "mechanism_of_action": ("43679-0", "Mechanism of action"),
    "pharmacodynamics": ("43681-6", "Pharmacodynamics"),
    "pharmacokinetics": ("43682-4", "Pharmacokinetics"),
    "microbiology": ("49489-8", "Microbiology"),
    "pharmacogenomics": ("66106-6", "Pharmacogenomics"),
    "nonclinical_toxicology": ("43680-8", "Nonclinical toxicology"),
    "carcinogenesis_and_mutagenesis_and_impairment_of_fertility": (
        "34083-6",
        "Carcinogenesis, mutagenesis, impairment of fertility",
    ),
    "animal_pharmacology_and_or_toxicology": ("34091-9", "Animal pharmacology and toxicology"),
    "clinical_studies": ("34092-7", "Clinical studies"),
    "references": ("34093-5", "References"),
    "how_supplied": ("34069-5", "How supplied"),
    "storage_and_handling": ("44425-7", "Storage and handling"),
    "spl_medguide": ("42231-1", "Medication guide"),
    "spl_patient_package_insert": ("42230-3", "Patient package insert"),
    "instructions_for_use": ("59845-8", "Instructions for use"),
    "inactive_ingredient": ("51727-6", "Inactive ingredients"),
    "questions": ("53413-1", "Questions"),
    "spl_unclassified_section": (None, "Other information"),
    "package_label_principal_display_panel": ("51945-4", "Package label"),
    "spl_product_data_elements": ("48780-1", "Product data elements"),
}
"""openFDA field -> (LOINC code, name)."""
