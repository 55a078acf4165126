"""The rules about words: what each must find, and what it must leave alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from articles.markup import ADJUSTABLE, CompiledPage, Finding

from ..sample_library import LIBRARY, compile_body, source

STUDIES = replace(
    LIBRARY,
    sources={
        **LIBRARY.sources,
        "cohort2020": source("cohort2020", year=2020, study_design="retrospective cohort"),
        "other2022": source("other2022", year=2022, study_design="phase 2 trial"),
        "undated": source("undated", study_design="organisation page"),
        "case2015": source("case2015", year=2015, study_design="case report"),
        "series2016": source("series2016", year=2016, study_design="case series"),
        "story2019": source("story2019", year=2019, study_design="magazine/patient story"),
        "titled": source("titled", title="A long remission: a case report"),
        "trial2021": source(
            "trial2021",
            year=2021,
            title="Rucaparib in mesothelioma (MiST1): a phase 2a trial",
            record={"author": [{"family": "Fennell", "given": "D. A."}, {"family": "King", "given": "A."}]},
        ),
    },
)


def compiled(text: str) -> CompiledPage:
    return compile_body(text + "\n", STUDIES)


def found(rule: str, text: str) -> list[Finding]:
    return [finding for finding in compiled(text).findings if finding.rule == rule]


FOUND = {
    "dated-wording": [
        "Recently, doctors learned more about it.",
        "A new study looks at this.",
        "There is currently no test for it.",
        "The drug was approved last year.",
        "It is the largest trial to date.",
        "In recent years, more people have lived longer [@alpha].",
        "A test will soon be available.",
        "The drug has recently been approved.",
        "She is still alive today.",
        "The latest research is promising.",
        "It is now approved for this cancer.",
        "At present, no drug is approved.",
        "Doctors have recently found out more.",
        "This year, more trials will open.",
        "Today, doctors know more.",
        "New drugs will be available soon.",
        "Doctors have learned more lately.",
    ],
    "promise-wording": [
        "This treatment cures mesothelioma.",
        "You will live.",
        "We guarantee a result.",
        "It is proven to work.",
        "It was a miracle.",
        "We know the best mesothelioma doctors.",
        "There is no risk.",
        "You will recover.",
        "Surgery can cure your cancer.",
        "“You will be cured,” he said.",
        "The drug is 100% safe [@alpha].",
        "It works for everyone.",
        "You will survive this.",
        "It has no side effects.",
        "You can be cured.",
        "There is now a cure for mesothelioma.",
    ],
    "efficacy-without-source": [
        "Surgery improves survival.",
        "Some therapies are known to improve survival.",
        "The drug extends life.",
        "This treatment is effective.",
        "Chemotherapy reduces symptoms.",
        "The drug helps patients live longer.",
        "Immunotherapy prolongs the lives of patients.",
        "People who have surgery live longer.",
        "Radiation shrinks tumors.",
        "Patients live longer with chemotherapy.",
        "Massage relieves symptoms.",
        "The drug lets some patients live well beyond their prognosis.",
        "Treatment with nivolumab has been shown to extend survival.",
        "- Chemotherapy increases life expectancy.",
    ],
    "duration-mismatch": [
        "He was treated in 2012, and almost 10 years later, in 2019, it came back [@alpha].",
        "They were followed from 2010 to 2014, six years [@alpha].",
        "From 2010 to 2014 (six years), they were seen [@alpha].",
        "He was treated in 2012. Nearly ten years later, in 2019, it came back [@alpha].",
        "Treated in 2012, he stayed free of cancer for nearly ten years until a small relapse in 2019 [@alpha].",
        "In 2019, almost 10 years after his surgery in 2012, it came back [@alpha].",
        "Over six years (2010 to 2020), they saw it often [@alpha].",
        "A 14-year series from 2000 to 2010 was read [@alpha].",
        "He was well for 12 years, from 2001 to 2008 [@alpha].",
        "Diagnosed in 2012, he was well almost 10 years later, when a tumor came back in 2019 [@alpha].",
        "He was treated in 2012. In 2019, almost 10 years later, it came back [@alpha].",
        "She was ill in 2001 and a decade later, in 2019, she was well [@alpha].",
    ],
    "year-mismatch": [
        "A 2022 study found this [@cohort2020].",
        "In a 2022 trial of a drug, some were well [@cohort2020].",
        "A report from 2017 says so [@cohort2020].",
        "Doe et al. (2021) found this [@cohort2020].",
        "Researchers reported in 2019 that it was so [@cohort2020].",
        "A study published in 2016 says so [@cohort2020].",
        "In 2016, researchers at a hospital found this [@cohort2020].",
        "Researchers at Wayne State (2016) looked at it [@cohort2020].",
        "One 2016 Annals of Surgery study says so [@cohort2020].",
        "A 2019 review says so [@cohort2020; @other2022].",
    ],
    "case-report-percentage": [
        "The cancer goes away in 33% of people [@case2015].",
        "One in five patients has a remission [@case2015].",
        "About 7 in 100 people respond [@series2016].",
        "Half of the patients lived longer [@story2019].",
        "Up to 33 percent of patients had a remission [@case2015].",
        "In 12 percent, no cancer was left [@titled].",
        "Remission was seen in 40% of cases [@case2015; @story2019].",
        "- 20% are well. This was one report [@case2015].",
    ],
    "story-as-typical": [
        "Patients like her often do well.",
        "Patients such as her typically live for years.",
        "People like him can live for years [@alpha].",
        "She was well [@case2015]. This shows that surgery works.",
        "A man was well after treatment, so most patients can recover [@case2015].",
        ":::story takanen-four-years\nShe was well [@takanenndlongterm]. Her story proves that it can be beaten.\n:::",
        ":::story takanen-four-years\nShe was well [@takanenndlongterm]. You can too.\n:::",
        "Her remission means that the drug works [@story2019].",
    ],
    "brand-without-generic": [
        "Ask about Opdivo.",
        "Opdivo® and Yervoy® are given together.",
        "Keytruda is given by vein.",
        "Alimta is one of them.",
        "Optune Lua is worn on the chest.",
        "Ask about Avastin. Bevacizumab is its other name.",
        "They were given OPDIVO.",
    ],
    "abbreviation-undefined": [
        "Ask whether EPP is right.",
        "HIPEC is a long operation.",
        "P/D leaves the lung in place.",
        "A study in SEER looked at it.",
        "EPP is large. It is called extrapleural pneumonectomy (EPP).",
        "Ask about PDT's risks.",
        "Two EPPs were done there [@alpha].",
        "(See the NCI page.)",
    ],
    "name-spelling": [
        "The MiST1 trial was small. The mist1 trial had one group.",
        "The mist1 trial had one group [@trial2021].",
        "Sample Johnson wrote it. Sample Jonson checked it.",
        "The team of Butchart says so, and Butchart again. Others follow Butchert in this.",
        "Fennel et al. say so [@trial2021].",
        "Dr. Fenell says so [@trial2021].",
        "They were given pemetrexid.",
        "He had nivolumap.",
    ],
    "conflicting-figures": [
        "Stage 4 life expectancy is usually less than a year [@alpha].\n\n"
        "Median survival in stage 4 is about 12 months "
        "[@beta].",
        "The cancer comes back in 78% of people [@alpha]. Recurrence is seen in 45% of patients [@beta].",
        "There are 3,000 new cases a year [@alpha].\n\n- There are about 2,000 new cases a year [@beta].",
        "| Stage | Median survival |\n|---|---|\n| Stage 1 | 40 months [@alpha] |\n| Stage 4 | 12 months [@alpha] |\n\n"
        "Median survival in stage 4 is 20 months [@beta].",
        "Median survival is 12 months [@alpha].\n\n## Outlook\n\nMedian survival is 20 months [@beta].",
        "Life expectancy is usually under one year [@alpha]. People usually live about 18 months [@beta].",
    ],
    "faq-unanswered": [
        "### Can it come back?\n\n### Is it a cure?\n\nNo.",
        "Words.\n\n### Can it come back?",
        "Words.\n\n## Can it come back?",
        "### Can it come back?\n\n## Next part\n\nWords.",
        "**Can it come back?**\n\n**Is it a cure?**\n\nNo.",
        "Words.\n\n**Can it come back?**",
        ":::faq\n### Can it come back?\n:::",
    ],
    "missing-alt": [
        "![](scan.png)",
        "Look: ![ ](scan.png)",
        "<img src='scan.png'>",
        'Words <IMG src="a.png" width="3"> here.',
        "- ![](scan.png)",
        "::image wordless",
    ],
    "empty-byline": [
        "Written by:",
        "**Medically reviewed by:**",
        "- Edited by:",
        "Reviewed by: TBD",
        "Written by: [name]",
        "Medical reviewer: —",
        "Written by:\nEdited by: Sample Editor",
        "Author:",
        "By",
    ],
    "orphan-source": [
        "## References\n\n1. Smith J. A trial. 2019.\n2. Doe J. Another. 2020.",
        "## Sources\n\n- A study. Retrieved from\n- Another one.",
        "## Bibliography\n\nDoe J. A trial. 2019.",
        "### Works cited\n\n- https://www.example.org/a",
        "**References**\n\n1. Doe et al. A trial.",
        "References\n1. Doe J. A trial. 2019.",
        "## Article sources\n\n- Doe J. n.d. A trial.",
    ],
    "typed-count": [
        "This page features 11 cited research articles.",
        "It has 16 references.",
        "This page lists 40 citations.",
        "There are eleven citations.",
        "This page cites 12 medical sources.",
        "17 numbered references stand below.",
    ],
    "unresolved-source": [
        "It came back [@doi:10.1016/S2213-2600(20)30390-8].",
        "It came back [@pmid:27825687].",
        "It came back [@PMID:27825687].",
        "It came back [@DOI:10.1000/182].",
        "It came back [@10.1000/182, p. 3].",
        "It came back [@https://doi.org/10.1000/182].",
    ],
}

LEFT_ALONE = {
    "dated-wording": [
        "In 2024, doctors recently learned more about it.",
        "If you recently had surgery, wait.",
        "People who currently smoke are at risk.",
        "Ask who will see you soon after surgery.",
        "Keep your papers up to date.",
        "You may feel new pain.",
        "It can start soon or late.",
        "Care in the last year of life is hard.",
        "As of May 2025, no drug is currently approved.",
        "This drug is now and then used.",
        "Her last years were good.",
        "Call as soon as you can.",
        "You may need a recent chest x-ray.",
        "New nodules may show on the scan.",
        "People now being diagnosed may do better.",
        "Your doctor will soon know more.",
    ],
    "promise-wording": [
        "There is no cure.",
        "Remission is not a cure.",
        "Is it a cure?",
        "Nobody can guarantee a result.",
        "No page can tell you how long you will live.",
        "It does not mean that the cancer is cured.",
        "It has not been proven to work.",
        "There is no best doctor for everybody.",
        "Doctors hope to find a cure for it.",
        "Some people can be cured when it is found early.",
        "Smoking is a risk, and there are no risk factors that you can change.",
        "It does not work for everyone.",
        "Asbestos is proven to cause it.",
        "You will live with some pain.",
        "Palliative treatments relieve symptoms but do not cure the cancer.",
        "Surgery might be used to try to cure the cancer.",
        "No treatment is without risk.",
        "It is not a miracle.",
    ],
    "efficacy-without-source": [
        "Surgery improves survival [@alpha].",
        "Surgery does not improve survival.",
        "Nobody knows whether the drug extends life.",
        "Does it help people live longer?",
        "The aim is to ease symptoms.",
        "A trial finds out if a treatment is safe and effective.",
        "We found no source which shows that they make people live longer.",
        "It may ease pain for a while.",
        "Palliative care eases pain.",
        "- Chemotherapy increases life expectancy. The study was small [@alpha].",
        "Some live longer than others.",
        "Nobody knows why, but they live longer.",
        "Researchers are studying whether radiation improves survival.",
        "Supportive care is given to relieve symptoms and improve quality of life.",
        "Treatment can often help control symptoms.",
    ],
    "duration-mismatch": [
        "He was treated in 2012, and seven years later, in 2019, it came back [@alpha].",
        "They were followed from 2010 to 2014, five years [@alpha].",
        "From 2010 to 2014, two-year survival was low [@alpha].",
        "Patients were treated from 2000 to 2010 and lived 2 years [@alpha].",
        "He was treated in 2012 and was well for more than six years until 2019 [@alpha].",
        "In 2012 he had surgery, and 3 months later it was gone [@alpha].",
        "A 14-year series from 1999 to 2013 was read [@alpha].",
        "Between 2010 and 2020 people were followed for 2 years each [@alpha].",
        "He was told in 2010. In 2015, 5 years later, he was well [@alpha].",
        "She worked there from 1970 to 1980, and fell ill 30 years later [@alpha].",
    ],
    "year-mismatch": [
        "A 2020 study found this [@cohort2020].",
        "A 2022 study and a 2020 study found this [@cohort2020; @other2022].",
        "A 2022 study found this [@undated].",
        "People treated in 2012 were well [@cohort2020].",
        "The study of people treated from 2000 to 2010 says so [@cohort2020].",
        "A 2022 study found this.",
        "A study of 2022 people says so [@cohort2020].",
        "The disease was named in 1960 [@cohort2020].",
    ],
    "case-report-percentage": [
        "The cancer goes away in 33% of people [@cohort2020].",
        "His tumor shrank by 40% [@case2015].",
        "A man of 76 was well for 2 years [@case2015].",
        "The cancer goes away in 33% of people [@case2015; @cohort2020].",
        "He had stage 2 in 2012 [@case2015].",
        "About 50% of the tumor was gone [@case2015].",
        "One patient was well [@case2015].",
    ],
    "story-as-typical": [
        "A single case cannot show that the extract was the cause [@case2015].",
        "She was well [@case2015]. This does not mean that you will be.",
        "This shows that surgery works [@cohort2020].",
        ":::story takanen-four-years\nShe was well after four years [@takanenndlongterm].\n:::",
        "Reports like these show what has been seen.",
        "People like you often ask this.",
        "Most patients can recover [@cohort2020].",
    ],
    "brand-without-generic": [
        "Ask about nivolumab (Opdivo®).",
        "Opdivo (nivolumab) is one.",
        "Nivolumab is a drug. Opdivo is its brand.",
        "Tumor treating fields (Optune Lua) are worn on the chest.",
        "Ask about pemetrexed, sold as Alimta. Alimta is given by vein.",
        "## About Opdivo\n\nNivolumab (Opdivo) is a drug.",
    ],
    "abbreviation-undefined": [
        "Ask whether EPP is right.\n\n*[EPP]: extrapleural pneumonectomy",
        "Extrapleural pneumonectomy (EPP) is large. EPP is not for all.",
        "HIPEC (hyperthermic intraperitoneal chemotherapy) is long.",
        "A CT or an MRI shows it. DNA and HIV are known.",
        "Stage IV, II and III are Roman.",
        "The BRCA1 and BAP1 proteins are missing.",
        "DO NOT TAKE these pills.",
        "Write to Boston, MA 02115.",
        "It is called EPP. EPP is large.",
        "The FDA and the VA are public bodies.",
        "The CTLA-4 protein is one.",
        "NOT all people do not do it.",
        "A PET/CT scan may help.",
    ],
    "name-spelling": [
        "The MiST1 trial was small. MiST1 had one group [@trial2021].",
        "Sample Johnson wrote it. Sample Johnson checked it.",
        "North Carolina and South Carolina are states.",
        "Medicare pays. Ask Medicaid too, and Medicare again.",
        "Fennell et al. say so [@trial2021].",
        "They were given pemetrexed, cisplatin and carboplatin.",
        "The Cancer Center is one of two Cancer Centers.",
        "Gemcitabine and decitabine are drugs.",
    ],
    "conflicting-figures": [
        "For most, the median survival is under two years [@alpha]. "
        "Average life expectancy is 12 to 21 months [@beta].",
        "In stage 1 people usually live 40 months [@alpha]. In stage 4 people usually live 12 months [@beta].",
        "A woman lived for 15 years [@alpha]. A man lived for 4 years [@beta].",
        "In one study, median survival was 12 months [@alpha]. In another study, it was 20 months [@beta].",
        "The response rate was 20% [@alpha]. Recurrence was seen in 45% [@beta].",
        "Median survival is about one year [@alpha]. It is 12 months on average [@beta].",
    ],
    "faq-unanswered": [
        "### Can it come back?\n\nYes.",
        "## What is it?\n\n### Where it starts\n\nIn a lining.",
        "### Can it come back?\n\n- Yes.",
        "**Can it come back?**\n\nYes.",
        "### Where it starts\n\n## Next part\n\nWords.",
        "Can it come back?\n\nYes, it can.",
    ],
    "missing-alt": [
        "![A scan](scan.png)",
        "<img src='scan.png' alt='A scan'>",
        '<img src="line.png" alt="">',
        "`![](scan.png)`",
        "::image types-of-remission",
        "::image ornament",
    ],
    "empty-byline": [
        "Written by: Sample Author",
        "Written by:\nSample Author",
        "Written by:\n\n**Sample Author**",
        "It was written by: nobody knows whom, and that was long ago.",
        "Reviewed by Sample Reviewer, RN",
        "The author:",
    ],
    "orphan-source": [
        "## References\n\nAsk your doctor for references from other patients.",
        "## Sources of help\n\n- https://www.example.org/ since 2019",
        "## Sources\n\n- It came back [@alpha].",
        "## Where can you read more?\n\n- A guide, 2019.",
        "The references of 2019 were few.",
        "## Sources\n\nAsbestos has many sources.",
    ],
    "typed-count": [
        "Two studies say so [@alpha; @beta].",
        "Ask for references from other patients.",
        "They read 12 articles [@alpha].",
        "There are three sources of asbestos.",
        "In 12 trials it was seen [@alpha].",
        "See the references.",
    ],
    "unresolved-source": [
        "It came back [@alpha].",
        "It came back [@doing2019].",
        "It came back [@pmid].",
        "It came back [@doi].",
        "Write to doi:10.1000/182.",
        "See <https://doi.org/10.1000/182>.",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FOUND.items() for text in texts])
def test_is_found(rule: str, text: str) -> None:
    assert found(rule, text)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in LEFT_ALONE.items() for text in texts])
def test_is_left_alone(rule: str, text: str) -> None:
    assert found(rule, text) == []


def test_every_rule_about_words_has_cases_here_or_where_its_own_subject_is_tried() -> None:
    elsewhere = {"uncited-statistic", "quote-contradicts", "quote-missing", "long-sentence"}
    elsewhere |= {"reading-grade", "dead-link", "moved-link", "not-live-link"}
    assert not elsewhere & FOUND.keys()
    assert {*ADJUSTABLE} <= FOUND.keys() | elsewhere


@pytest.mark.parametrize("rule", sorted(FOUND))
def test_there_are_six_cases_of_each_sort(rule: str) -> None:
    assert len(FOUND[rule]) >= 6 <= len(LEFT_ALONE[rule])
