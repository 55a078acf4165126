"""Words that people mean as they type them, whether or not a page uses them. Search never takes one for a misspelling.

Add a word here when search has made another of it.
"""

# Nobody is told that they meant one of these, or shown it in place of the words they chose.
WORDS_OF_DEATH = "dead deadly death deaths die died dies dying fatal kill killed kills lethal suicide"
OF_DEATH = frozenset(WORDS_OF_DEATH.split())

REAL_WORDS = """
    asbestosis silicosis fibrosis cirrhosis tuberculosis pleurisy pneumonia bronchitis emphysema asthma copd covid
    influenza lymphoma leukemia leukaemia melanoma sarcoma carcinoma myeloma glioma benign malignant cyst polyp nodule
    lesion plaque plaques ulcer hernia stroke heart attack diabetes dementia arthritis anxiety depression insomnia
    angina sepsis embolism thrombosis edema oedema lupus hepatitis jaundice allergy allergies rash itch itching hives

    diet dieting died dies dead death deaths dying grief grieve grieving bereaved widow widower funeral burial will
    appetite hunger hungry thirst thirsty taste smell swallow vomit nausea hiccups bowel bladder urine stool
    constipation diarrhea headache migraine dizzy dizziness faint fainting numb numbness tingling seizure seizures
    confusion confused delirium cold colds chill chills cramp cramps ache aches sore sores itchy hair nails skin teeth
    mouth throat tongue neck voice hoarse wheeze wheezing snoring mucus phlegm sputum blood bleed bleeding bruise clot
    clots limp lump lumps bump swelling weight obese thin slim weak weakness sleep sleepy tired lazy mood angry anger
    cry crying fear scared afraid lonely alone stress worry upset shock guilt blame hope pray prayer faith

    carer carers caring cared career careers nurse nursing doctor doctors surgeon chaplain priest pastor social
    counselor counsellor therapist dietician dietitian pharmacist dentist vet vets veteran veterans navy army marine
    marines military sailor soldier shipyard factory miner mining plumber electrician welder mechanic builder teacher
    wife husband mother father mom dad mum son daughter sister brother parent parents grandma grandpa uncle aunt cousin
    child children kids baby friend friends family spouse partner

    drug drugs pill pills tablet tablets dose doses patch morphine opioid opioids fentanyl oxycodone tylenol aspirin
    ibuprofen steroid steroids insulin vitamin vitamins mineral herb herbs turmeric cannabis marijuana hemp alcohol wine
    beer smoke smoking smoker tobacco vape vaping coffee sugar salt meat fish milk bread fruit fasting keto vegan fever
    scan scans mri pet cat port stent tube drip drain needle mask oxygen inhaler wheelchair walker bed ramp cane
    vaccine vaccines booster transplant transfusion dialysis biopsy autopsy marker markers gene genes genetic
    inherited hereditary mutation contagious catching cure cures cured curable heal healing miracle

    money cost costs price bill bills loan rent tax taxes debt bank insurance insurer medicare medicaid benefit benefits
    pension disability claim claims lawsuit lawsuits settlement settle settled court judge trust trusts sue suing legal
    lawyer lawyers attorney travel trip flight flying fly drive driving car ride hotel parking work working job retire
    house home attic roof tile tiles floor paint cement brake brakes talc powder dust mold radon lead pipe pipes school
    phone email mail letter address office login password contact number chat text video podcast news book books
    exercise yoga walk walking swim swimming gym massage acupuncture music art sex intimacy pregnant pregnancy breast
    prostate colon kidney kidneys liver stomach spleen bone bones brain spine back hip knee foot feet hand hands
    remission relapse stage stages survive survivor survivors survival statistic statistics odds chance chances
    """
REAL = frozenset(REAL_WORDS.split())
