"""Diseases, complaints and procedures by all their names, for what is named in another's stead.

The lexicon's conditions are those that the checker's tables turn on; a text names many more. A line
holds one of them by its names, behind `<` what it is a kind of: neither is another than its kind.
Behind `--` stands what is done.
"""

from __future__ import annotations

from collections.abc import Iterator

_LINES = """
social phobia; social anxiety; social anxiety disorder < anxiety
panic disorder; panic attack < anxiety
generalized anxiety disorder; generalised anxiety disorder; gad < anxiety
obsessive compulsive disorder; ocd
post traumatic stress disorder; posttraumatic stress disorder; ptsd
bulimia; bulimia nervosa < eating disorder
anorexia nervosa < eating disorder
binge eating; binge eating disorder < eating disorder
tourette; tourette syndrome; tics; tic disorder
narcolepsy < sleepiness
cataplexy
fibromyalgia < pain
chronic fatigue; chronic fatigue syndrome
trigeminal neuralgia; tic douloureux < neuralgia; neuropathic pain; pain
postherpetic neuralgia; post herpetic neuralgia < neuralgia; neuropathic pain; pain; herpes zoster
cluster headache < headache
tension headache; tension type headache < headache
essential tremor < tremor
cervical dystonia; spasmodic torticollis < dystonia
blepharospasm < dystonia
bell palsy; bell's palsy; facial palsy
huntington disease; huntington's disease; huntington chorea; huntington's chorea
tardive dyskinesia < dyskinesia
amyotrophic lateral sclerosis; als; motor neurone disease; motor neuron disease
guillain barre; guillain barre syndrome
spasticity < spasm
cerebral palsy
status epilepticus < epilepsy; seizure
infantile spasms; west syndrome < epilepsy; seizure
lennox gastaut; lennox gastaut syndrome < epilepsy; seizure
dravet syndrome < epilepsy; seizure
absence seizures; petit mal < epilepsy; seizure
vertigo; meniere disease; meniere's disease < dizziness
motion sickness; travel sickness; seasickness; car sickness
mountain sickness; altitude sickness; acute mountain sickness
jet lag
tinnitus
hearing loss; deafness; ototoxicity
otitis externa; swimmer's ear; ear canal infection
conjunctivitis; pink eye
uveitis; iritis
keratitis; corneal ulcer
cataract
macular degeneration; age related macular degeneration; amd
diabetic retinopathy < retinopathy; diabetes
diabetic macular edema; macular edema; macular oedema
retinal detachment
dry eye; dry eye disease; keratoconjunctivitis sicca
optic neuritis
blindness; vision loss; loss of vision; sight loss; blind
eczema; atopic dermatitis; atopic eczema < dermatitis
contact dermatitis < dermatitis
seborrheic dermatitis; dandruff < dermatitis
nappy rash; diaper rash; diaper dermatitis < dermatitis; rash
rosacea
vitiligo
alopecia; hair loss; baldness; alopecia areata
hyperhidrosis; excessive sweating
scabies
head lice; pediculosis; lice
tinea versicolor; pityriasis versicolor
ringworm; tinea corporis < fungal infection
athlete's foot; tinea pedis < fungal infection
onychomycosis; nail fungus; tinea unguium; fungal nail infection < fungal infection
impetigo
erysipelas < cellulitis
warts; genital warts; condylomata
actinic keratosis; solar keratosis
melanoma < cancer; skin cancer
basal cell carcinoma < cancer; skin cancer
hidradenitis; hidradenitis suppurativa
pemphigus; pemphigus vulgaris
dermatitis herpetiformis
lichen planus
pressure ulcer; bedsore; pressure sore; decubitus ulcer
keloid
erythema multiforme
sunburn
ankylosing spondylitis; axial spondyloarthritis < arthritis; spondyloarthritis
psoriatic arthritis < arthritis; psoriasis
juvenile idiopathic arthritis; juvenile arthritis; jia < arthritis
septic arthritis < arthritis
polymyalgia rheumatica
polymyositis; dermatomyositis < myositis
systemic sclerosis; scleroderma
sjogren syndrome; sjogren's syndrome; sjogren
raynaud; raynaud phenomenon; raynaud's phenomenon; raynaud's disease
behcet disease; behcet's disease; behcet syndrome
sarcoidosis
vasculitis; granulomatosis with polyangiitis; anca vasculitis
familial mediterranean fever
osteonecrosis of the jaw; jaw osteonecrosis; osteonecrosis; jaw necrosis; onj
osteomyelitis; bone infection
paget disease; paget's disease
osteopenia
rickets; osteomalacia
carpal tunnel; carpal tunnel syndrome
plantar fasciitis
frozen shoulder; adhesive capsulitis
tendon rupture; tendinitis; tendonitis; tendinopathy
low back pain; back pain; lumbago; lumbar pain < pain
sciatica < pain
endometriosis < pelvic pain
heavy menstrual bleeding; menorrhagia; heavy periods; heavy menses; heavy menstrual;
 heavy menstruation < bleeding
dysmenorrhea; period pain; painful periods; menstrual pain; menstrual cramps;
 painful menstruation < pain
premenstrual syndrome; pms; premenstrual dysphoric disorder; pmdd
polycystic ovary syndrome; polycystic ovarian syndrome; pcos
uterine fibroids; fibroids; leiomyoma; leiomyomata; myoma
amenorrhea; absent periods
hot flushes; hot flashes; vasomotor symptoms; flushing; menopausal symptoms
vaginal atrophy; atrophic vaginitis; vaginal dryness; genitourinary syndrome
bacterial vaginosis
trichomoniasis; trichomonas
pelvic inflammatory disease; pid
infertility; subfertility
miscarriage; pregnancy loss; spontaneous abortion
ectopic pregnancy
preterm labor; preterm labour; premature labour; preterm birth; premature birth
postpartum hemorrhage; pph < bleeding
mastitis
eclampsia
placenta previa
hyperprolactinemia; prolactinoma
acromegaly
cushing syndrome; cushing's syndrome; cushing's disease
diabetes insipidus
hypogonadism; testosterone deficiency
hypoparathyroidism
hyperparathyroidism
growth hormone deficiency < short stature
precocious puberty
gynecomastia; breast enlargement
goiter; goitre
hirsutism
gallstones; cholelithiasis
cholecystitis
cholangitis
primary biliary cholangitis; primary biliary cirrhosis; pbc
celiac disease; coeliac disease; gluten enteropathy; gluten intolerance; celiac
lactose intolerance
fructose intolerance; hereditary fructose intolerance
irritable bowel syndrome; irritable bowel; ibs
crohn disease; crohn's disease; crohn's; crohn < inflammatory bowel disease
ulcerative colitis < inflammatory bowel disease; colitis
diverticulitis; diverticular disease
hemorrhoids; piles
anal fissure
appendicitis
short bowel syndrome
eosinophilic esophagitis < esophagitis
barrett esophagus; barrett's esophagus
h pylori; helicobacter pylori
gastric ulcer; stomach ulcer; duodenal ulcer; peptic ulcer; peptic ulcer disease; ulcer disease
hepatitis b; hbv; hep b < hepatitis
hepatitis c; hcv; hep c < hepatitis
hepatitis a < hepatitis
ascites
varices; esophageal varices; variceal bleeding < gi bleeding
hepatorenal syndrome < kidney failure
wilson disease; wilson's disease
hemolytic anemia < anemia
iron deficiency; iron deficiency anemia; iron-deficiency anemia; iron deficient < anemia
pernicious anemia; b12 deficiency; vitamin b12 deficiency < anemia
aplastic anemia < anemia
thalassemia < anemia
hemophilia; hemophilia a; hemophilia b < bleeding disorder
von willebrand disease < bleeding disorder
immune thrombocytopenia; itp; immune thrombocytopenic purpura < thrombocytopenia
thrombotic thrombocytopenic purpura; ttp < thrombocytopenia
antiphospholipid syndrome
multiple myeloma; myeloma < cancer
hodgkin lymphoma; hodgkin disease < cancer; lymphoma
chronic lymphocytic leukemia; cll < cancer; leukemia
chronic myeloid leukemia; cml < cancer; leukemia
acute myeloid leukemia; aml < cancer; leukemia
acute lymphoblastic leukemia < cancer; leukemia
lung cancer; nsclc; non small cell lung cancer < cancer
colorectal cancer; colon cancer; bowel cancer < cancer
ovarian cancer < cancer
pancreatic cancer < cancer
bladder cancer; urothelial carcinoma; urothelial cancer < cancer
gastric cancer; stomach cancer < cancer
cervical cancer < cancer
hepatocellular carcinoma; liver cancer < cancer
renal cell carcinoma; kidney cancer < cancer
thyroid cancer < cancer
glioblastoma; brain tumor; brain tumour < cancer
neuroblastoma < cancer
endometrial cancer; uterine cancer < cancer
cystitis < uti; urinary infection; urinary tract infection
prostatitis < uti
epididymitis
urinary incontinence; stress incontinence; urge incontinence; incontinence
enuresis; bedwetting; nocturnal enuresis
interstitial cystitis; bladder pain syndrome
kidney stone; renal stone; nephrolithiasis; renal calculi; urolithiasis; kidney stones
polycystic kidney disease < kidney disease
glomerulonephritis; iga nephropathy < kidney disease
lupus nephritis < lupus; kidney disease
phimosis
premature ejaculation
cystic fibrosis
bronchiectasis
bronchiolitis
croup
whooping cough; pertussis
common cold; colds
pulmonary fibrosis; idiopathic pulmonary fibrosis; ipf
pleural effusion
pneumothorax
aspergillosis < fungal infection
pneumocystis; pneumocystis pneumonia; pcp < pneumonia
legionella; legionnaires disease < pneumonia
tonsillitis; sore throat; pharyngitis; strep throat
laryngitis
epiglottitis
nasal polyps; nasal polyposis
hay fever; allergic rhinitis; seasonal allergies; rhinitis
mouth ulcers; aphthous ulcers; canker sores
oral thrush; oral candidiasis < candidiasis
vaginal thrush; vaginal candidiasis; vulvovaginal candidiasis < candidiasis
cold sores; herpes labialis < herpes
genital herpes < herpes
encephalitis
rabies
tetanus
diphtheria
measles
mumps
rubella; german measles
typhoid; typhoid fever
cholera
lyme disease; lyme borreliosis; lyme
leprosy; hansen disease
anthrax
plague
brucellosis
toxoplasmosis
giardiasis; giardia
amebiasis; amebic dysentery; amoebiasis
ascariasis; roundworm
pinworm; threadworm; enterobiasis
schistosomiasis; bilharzia
leishmaniasis
dengue
yellow fever
ebola
rsv; respiratory syncytial virus
cytomegalovirus; cmv
toxic shock syndrome
necrotizing fasciitis
animal bite; dog bite; cat bite; bite wound
tetany
pericarditis
myocarditis
hypertrophic cardiomyopathy
aortic dissection
aortic aneurysm; abdominal aortic aneurysm
mitral stenosis
cardiac arrest
cardiac tamponade
lymphedema
varicose veins
superficial thrombophlebitis; thrombophlebitis
frostbite
heat stroke; heatstroke
carbon monoxide poisoning
lead poisoning
cyanide poisoning
paracetamol overdose; acetaminophen overdose; paracetamol poisoning
methanol poisoning
digoxin toxicity; digitalis toxicity
opioid overdose
snake bite; snakebite
organophosphate poisoning
alcohol withdrawal; delirium tremens
nicotine dependence; tobacco dependence; smoking cessation
gambling
autism; autism spectrum disorder
down syndrome
phenylketonuria; pku
gaucher disease; gaucher's disease
fabry disease
duchenne; duchenne muscular dystrophy
spinal muscular atrophy
hereditary angioedema < angioedema
hiccups; hiccup
cachexia
scurvy; vitamin c deficiency
beriberi; thiamine deficiency; wernicke; wernicke's encephalopathy; wernicke encephalopathy
hyperammonemia; urea cycle disorder
hypertriglyceridemia; high triglycerides
metabolic syndrome
lipodystrophy
postoperative nausea; nausea; vomiting; emesis; sickness
hypothermia
raised intracranial pressure; intracranial hypertension; increased intracranial pressure;
 elevated intracranial pressure; high intracranial pressure; pseudotumor cerebri
portal hypertension
ocular hypertension; raised intraocular pressure; high eye pressure;
 elevated intraocular pressure < glaucoma
dental caries; tooth decay; caries
gingivitis; gum disease; periodontitis
dry mouth; xerostomia
teething
colic
pyloric stenosis
intussusception
kawasaki disease
respiratory distress syndrome; neonatal respiratory distress
apnea of prematurity
jaundice; neonatal jaundice
--
mri; magnetic resonance imaging; mr imaging; magnetic resonance < imaging; scan
ultrasound; ultrasound scan; ultrasonography; sonography < imaging; scan
ct scan; computed tomography; ct < imaging; scan
x ray; radiograph; chest film < imaging
colonoscopy; sigmoidoscopy < endoscopy
gastroscopy; upper endoscopy < endoscopy
bronchoscopy < endoscopy
cystoscopy < endoscopy
cardioversion; defibrillation
lumbar puncture; spinal tap
dental extraction; tooth extraction; molar extraction; dental surgery; third molar;
 wisdom tooth < dental procedure
hip replacement; hip arthroplasty < surgery; joint replacement; arthroplasty
knee replacement; knee arthroplasty < surgery; joint replacement; arthroplasty
hernia repair < surgery
cataract surgery < surgery; eye surgery
tonsillectomy < surgery
hysterectomy < surgery
appendectomy; appendicectomy < surgery
cesarean; caesarean; cesarean section; caesarean section; c section < surgery; delivery
bariatric surgery; gastric bypass; sleeve gastrectomy < surgery
liver transplant; liver transplantation < transplant
kidney transplant; renal transplant; kidney transplantation; renal transplantation < transplant
heart transplant; heart transplantation; cardiac transplant < transplant
bone marrow transplant; stem cell transplant; stem cell transplantation;
 marrow transplantation < transplant
cardiac surgery; heart surgery; bypass surgery; coronary bypass < surgery
vaccination; immunization
"""


def _read() -> Iterator[tuple[tuple[str, ...], frozenset[str], bool]]:
    done = False
    for line in _LINES.strip().replace("\n ", " ").splitlines():
        if line == "--":
            done = True
            continue
        own, _, wider = line.partition("<")
        names, kinds = ([one.strip() for one in part.split(";")] for part in (own, wider))
        yield tuple(names), frozenset(filter(None, kinds)), done


AILMENTS = tuple(_read())
"""The names of each, what it is a kind of, and whether it is something done."""
