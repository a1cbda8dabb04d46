"""Abbreviations of clinical writing and the words they stand for: "AF" is atrial fibrillation.

Written from the general vocabulary of charts and guidelines, not from failures. An abbreviation is
read as its words, so that either writing meets the other; none of them is the name of a study or of
a body that has to stand in a quotation.
"""

from __future__ import annotations

_TABLE = """
AAA abdominal aortic aneurysm
ABG arterial blood gas
ABPM ambulatory blood pressure monitoring
ACEI angiotensin converting enzyme inhibitor
ACEi angiotensin converting enzyme inhibitor
ACS acute coronary syndrome
ADHD attention deficit hyperactivity disorder
AED antiepileptic drug
AF atrial fibrillation
AKI acute kidney injury
ALF acute liver failure
ALL acute lymphoblastic leukemia
ALP alkaline phosphatase
ALS amyotrophic lateral sclerosis
ALT alanine aminotransferase
AMI acute myocardial infarction
AML acute myeloid leukemia
ANC absolute neutrophil count
aPTT activated partial thromboplastin time
ARB angiotensin receptor blocker
ARBs angiotensin receptor blockers
ARDS acute respiratory distress syndrome
ARNI angiotensin receptor neprilysin inhibitor
ART antiretroviral therapy
AS aortic stenosis
ASA aspirin
ASCVD atherosclerotic cardiovascular disease
AST aspartate aminotransferase
AUC area under the curve
AUD alcohol use disorder
BGL blood glucose level
BMD bone mineral density
BMI body mass index
BMT bone marrow transplant
BNP natriuretic peptide
BP bloodpressure
BPD bipolar disorder
BPH benign prostatic hyperplasia
bpm beats per minute
BSA body surface area
BSI bloodstream infection
BUN blood urea nitrogen
BV bacterial vaginosis
CABG coronary artery bypass grafting
CAD coronary artery disease
CAP community acquired pneumonia
CBC complete blood count
CBT cognitive behavioral therapy
CDI clostridioides difficile infection
CF cystic fibrosis
CHD coronary heart disease
CHF congestive heart failure
CK creatine kinase
CKD chronic kidney disease
CLL chronic lymphocytic leukemia
CML chronic myeloid leukemia
CMV cytomegalovirus
CNS central nervous system
COC combined oral contraceptive
COCs combined oral contraceptives
COPD chronic obstructive pulmonary disease
CPAP continuous positive airway pressure
CRC colorectal cancer
CrCl creatinine clearance
CRP c reactive protein
CSF cerebrospinal fluid
CT computed tomography
CTPA computed tomography pulmonary angiography
CV cardiovascular
CVA stroke
CVD cardiovascular disease
CXR chest radiograph
DAPT dual antiplatelet therapy
DBP diastolic bloodpressure
DEXA bone density
DKA diabetic ketoacidosis
DM diabetes mellitus
DMARD disease modifying antirheumatic drug
DMARDs disease modifying antirheumatic drugs
DOAC direct oral anticoagulant
DOACs direct oral anticoagulants
DRE digital rectal examination
DVT deep vein thrombosis
DXA bone density
EBV epstein barr virus
ECG electrocardiogram
ECT electroconvulsive therapy
ED emergency department
EEG electroencephalogram
EF ejection fraction
eGFR glomerular filtration rate
EKG electrocardiogram
EoE eosinophilic esophagitis
ESKD end stage kidney disease
ESR erythrocyte sedimentation rate
ESRD end stage renal disease
ETT endotracheal tube
FBC full blood count
FEV1 forced expiratory volume
FFP fresh frozen plasma
FH familial hypercholesterolemia
FIT fecal immunochemical test
FOBT fecal occult blood test
FPG fasting plasma glucose
FSH follicle stimulating hormone
GAD generalized anxiety disorder
GAS group a streptococcus
GBS group b streptococcus
GCA giant cell arteritis
GCS glasgow coma scale
GDM gestational diabetes mellitus
GERD gastroesophageal reflux disease
GFR glomerular filtration rate
GGT gamma glutamyl transferase
GI gastrointestinal
GORD gastroesophageal reflux disease
GTN nitroglycerin
GVHD graft versus host disease
H2RA h2 receptor antagonist
HAP hospital acquired pneumonia
Hb hemoglobin
HBIG hepatitis b immunoglobulin
HBV hepatitis b virus
HCC hepatocellular carcinoma
HCP healthcare professional
Hct hematocrit
HCV hepatitis c virus
HDL high density lipoprotein
HE hepatic encephalopathy
HF heartfailure
HFmrEF heartfailure mildly reduced ejection fraction
HFpEF heartfailure preservedfraction
HFrEF heartfailure reducedfraction
Hgb hemoglobin
HIT heparin induced thrombocytopenia
HIV human immunodeficiency virus
HPV human papillomavirus
HR heart rate
HRIG human rabies immunoglobulin
HRT hormone replacement therapy
HSV herpes simplex virus
HT hypertension
HTN hypertension
HUS hemolytic uremic syndrome
IBD inflammatory bowel disease
IBS irritable bowel syndrome
ICD implantable cardioverter defibrillator
ICH intracerebral hemorrhage
ICP intracranial pressure
ICS inhaled corticosteroid
ICU intensive care unit
IE infective endocarditis
IGRA interferon gamma release assay
IHD ischemic heart disease
ILD interstitial lung disease
INR international normalized ratio
ITP immune thrombocytopenia
ITU intensive care unit
IUD intrauterine device
IVF intravenous fluids
IVIG intravenous immunoglobulin
IVIg intravenous immunoglobulin
JIA juvenile idiopathic arthritis
LABA long acting beta agonist
LAMA long acting muscarinic antagonist
LDL low density lipoprotein
LFT liver function tests
LFTs liver function tests
LMWH lowmolecularweight heparin
LP lumbar puncture
LRTI lower respiratory tract infection
LTBI latent tuberculosis infection
LTOT long term oxygen therapy
LUTS lower urinary tract symptoms
LVEF left ventricular ejection fraction
LVH left ventricular hypertrophy
MAC mycobacterium avium complex
MACE major adverse cardiovascular events
MAOI monoamine oxidase inhibitor
MAOIs monoamine oxidase inhibitors
MAP mean arterial bloodpressure
MCV mean corpuscular volume
MDD major depressive disorder
MDI metered dose inhaler
MDS myelodysplastic syndrome
MG myasthenia gravis
MI myocardial infarction
MM multiple myeloma
MMR measles mumps rubella
MRA mineralocorticoid receptor antagonist
MRI magnetic resonance imaging
MRSA methicillin resistant staphylococcus aureus
MS multiple sclerosis
MSM men who have sex with men
MSSA methicillin susceptible staphylococcus aureus
NAC acetylcysteine
NAFLD nonalcoholic fatty liver disease
NASH nonalcoholic steatohepatitis
NICU neonatal intensive care unit
NIV noninvasive ventilation
NMS neuroleptic malignant syndrome
NNH number needed to harm
NNT number needed to treat
NOAC direct oral anticoagulant
NOACs direct oral anticoagulants
NPO nothing by mouth
NRT nicotine replacement therapy
NSAID nonsteroidal antiinflammatory drug
NSAIDs nonsteroidal antiinflammatory drugs
NSCLC non small cell lung cancer
NSTEMI nonstelevation myocardial infarction
NYHA new york heart association
OA osteoarthritis
OAB overactive bladder
OCD obsessive compulsive disorder
OCP oral contraceptive
OCPs oral contraceptives
OGTT oral glucose tolerance test
ORS oral rehydration
OSA obstructive sleep apnea
OUD opioid use disorder
PAD peripheral arterial disease
PAH pulmonary arterial hypertension
PCA patient controlled analgesia
PCI percutaneous coronary intervention
PCOS polycystic ovary syndrome
PCP pneumocystis pneumonia
PCR polymerase chain reaction
PD parkinson disease
PE pulmonary embolism
PEEP positive end expiratory pressure
PEF peak expiratory flow
PEG polyethylene glycol
PEP postexposure prophylaxis
PFT pulmonary function test
PID pelvic inflammatory disease
PJP pneumocystis pneumonia
PMR polymyalgia rheumatica
PONV postoperative nausea vomiting
PPH postpartum hemorrhage
PPI proton pump inhibitor
PPIs proton pump inhibitors
PrEP preexposure prophylaxis
PSA prostate specific antigen
PsA psoriatic arthritis
PTH parathyroid hormone
PTSD posttraumatic stress disorder
PUD peptic ulcer disease
PVC premature ventricular contraction
QTc qt interval
RA rheumatoid arthritis
RAAS renin angiotensin aldosterone system
RBC red blood cell
RCT randomized controlled trial
RCTs randomized controlled trials
RIG rabies immunoglobulin
RR relative risk
RSV respiratory syncytial virus
RTI respiratory tract infection
SABA short acting beta agonist
SAH subarachnoid hemorrhage
SAMA short acting muscarinic antagonist
SaO2 oxygen saturation
SBP systolic bloodpressure
SCD sickle cell disease
SCLC small cell lung cancer
SIADH syndrome inappropriate antidiuretic hormone
SLE systemic lupus erythematosus
SNRI serotonin norepinephrine reuptake inhibitor
SNRIs serotonin norepinephrine reuptake inhibitors
SpO2 oxygen saturation
SSRI selective serotonin reuptake inhibitor
SSRIs selective serotonin reuptake inhibitors
SSTI skin soft tissue infection
STD sexually transmitted infection
STEMI stelevation myocardial infarction
STI sexually transmitted infection
STIs sexually transmitted infections
SUI stress urinary incontinence
SVR sustained virologic response
SVT supraventricular tachycardia
T1D diabetesone diabetes
T1DM diabetesone diabetes mellitus
T2D diabetestwo diabetes
T2DM diabetestwo diabetes mellitus
TB tuberculosis
TBI traumatic brain injury
TCA tricyclic antidepressant
TCAs tricyclic antidepressants
TEE transesophageal echocardiography
THR total hip replacement
TIA transient ischemic attack
TIG tetanus immunoglobulin
TKI tyrosine kinase inhibitor
TKR total knee replacement
TLS tumor lysis syndrome
TNF tumor necrosis factor
TPN total parenteral nutrition
TSH thyroid stimulating hormone
TTE transthoracic echocardiography
TTP thrombotic thrombocytopenic purpura
UA unstable angina
UACR urine albumin creatinine ratio
UC ulcerative colitis
UFH unfractionated heparin
ULN upper limit of normal
URI upper respiratory infection
URTI upper respiratory tract infection
UTI urinary tract infection
UTIs urinary tract infections
VAP ventilator associated pneumonia
VF ventricular fibrillation
VKA vitamin k antagonist
VRE vancomycin resistant enterococcus
VT ventricular tachycardia
VTE venous thromboembolism
VWD von willebrand disease
VZIG varicella zoster immunoglobulin
VZV varicella zoster virus
WBC white blood cell
XRT radiotherapy
"""

_TURNING = frozenset({
    "low", "high", "upper", "lower", "acute", "chronic", "non", "inhibitor", "long", "short",
    "reduced", "preserved", "positive", "immune", "inhibitors", "blockers", "antagonists",
    "mean", "of", "to", "under", "with", "who", "have",
    "oral", "over", "alone", "antagonist", "agonist", "by", "deficit",
})  # fmt: skip
"""Words that would turn a statement if they stood in it."""


def _table() -> dict[str, tuple[str, ...]]:
    lines = (line.split() for line in _TABLE.strip().splitlines())
    return {name: tuple(w for w in rest if w not in _TURNING) for name, *rest in lines}


EXPANSIONS = _table()
"""As written -> the words it stands for that carry its matter, in lower case."""

_ORDERS = """
BID TID QID QDS TDS BDS QHS QAM QPM QOD PRN STAT NPO NBM PO IV IM SC SQ SL PR PV IN NEB INH TOP
SUBQ SUBCUT OD OS OU AC PC HS MANE NOCTE OTC RX DX HX TX SX FX DC ER XR SR IR CR LA DR MR ODT XL
PICC CVC NG NGT PEG IU MU MMHG KCAL CFU MIC DDD EOD BNF INN CPR ROSC USA UK EU
"""
WORDS_OF_ORDERS = frozenset(_ORDERS.split())
"""What orders abbreviate: routes, times, forms, units."""
