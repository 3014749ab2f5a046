"""Our closed lists → those of STIX 2.1, ATT&CK and Incident Core.

In: nothing. Out: tables. What has no counterpart is left out of one, never bent into another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from breachwire.model import Kind, Status

CONFIDENCE: Final[Mapping[Status, int]] = {
    "denied": 0,
    "claimed": 15,
    "disputed": 30,
    "reported": 50,
    "confirmed": 85,
}
"""STIX 2.1, appendix A, scale None/Low/Med/High: None is 0, Low 15 (1–29), Med 50 (30–69), High 85
(70–100). It is of the fact, never of the quote; disputed is the lower end of Med."""
DETERMINATION: Final[Mapping[Status, str]] = {
    "claimed": "suspected",
    "reported": "suspected",
    "disputed": "suspected",
    "denied": "suspected",
    "confirmed": "confirmed",
}
DETECTION: Final[Mapping[Status, str]] = {
    "claimed": "message-from-attacker",
    "reported": "external-notification",
}
REPORT_TYPES: Final[Mapping[Kind, str]] = {
    "vulnerability": "vulnerability",
    "malware": "malware",
    "campaign": "campaign",
}
"""Of a Report; else "threat-report"."""
INCIDENT_TYPES: Final[Mapping[str, str]] = {
    "ransomware": "ransomware",
    "supply_chain": "supply-chain-vendor",
    "phishing": "dissemination-phishing-emails",
    "vulnerability_exploitation": "exploit",
    "stolen_credentials": "theft-access-credentials",
    "misconfiguration": "misconfiguration",
    "ddos": "denial-of-service",
    "wiper": "destruction",
    "unknown_intrusion": "unauthorized-access-system",
}
"""By a detail's kind of attack, in the words of incident-type-ov."""
MALWARE_TYPES: Final[Mapping[str, str]] = {
    "ransomware": "ransomware",
    "wiper": "wiper",
    "malware": "unknown",
}
TECHNIQUES: Final[Mapping[str, tuple[str, str | None]]] = {
    "ransomware": ("Data Encrypted for Impact", "T1486"),
    "extortion": ("Extortion", None),
    "supply_chain": ("Supply Chain Compromise", "T1195"),
    "phishing": ("Phishing", "T1566"),
    "social_engineering": ("Social engineering", None),
    "vulnerability_exploitation": ("Exploitation of a vulnerability", None),
    "stolen_credentials": ("Valid Accounts", "T1078"),
    "ddos": ("Network Denial of Service", "T1498"),
    "wiper": ("Data Destruction", "T1485"),
    "theft_of_funds": ("Financial Theft", "T1657"),
    "insider": ("Insider", None),
    "espionage": ("Espionage", None),
}
"""A kind of attack → an Attack Pattern's name and, where ATT&CK has just that, its technique. A
flaw that is exploited need not face the public (T1190), so that one has no number."""
SECTORS: Final[Mapping[str, str]] = {
    "Academia - University": "education",
    "Aerospace": "aerospace",
    "Agriculture": "agriculture",
    "Automotive": "automotive",
    "Bank": "financial-services",
    "Biomedical": "healthcare",
    "Casino": "hospitality-leisure",
    "Chemical": "chemical",
    "Civil Aviation": "transportation",
    "Construction": "construction",
    "Defense": "defense",
    "Education": "education",
    "Electric": "energy",
    "Energy": "energy",
    "Entertainment": "entertainment",
    "Finance": "financial-services",
    "Gas": "energy",
    "Government, Administration": "government",
    "Health": "healthcare",
    "High tech": "technology",
    "Higher education": "education",
    "Hospitality": "hospitality-leisure",
    "Hotels": "hospitality-leisure",
    "IT": "technology",
    "IT - ISP": "telecommunications",
    "IT - Security": "technology",
    "Infrastructure": "infrastructure",
    "Insurance": "insurance",
    "Investment": "financial-services",
    "Manufacturing": "manufacturing",
    "Maritime": "transportation",
    "Military": "defense",
    "Mining": "mining",
    "NGO": "non-profit",
    "Non-profit organisation": "non-profit",
    "Oil": "energy",
    "Payment": "financial-services",
    "Petrochemical": "chemical",
    "Pharmacy": "pharmaceuticals",
    "Railway": "transportation",
    "Restaurant": "hospitality-leisure",
    "Retail": "retail",
    "Shipping": "transportation",
    "Technology": "technology",
    "Telecoms": "telecommunications",
    "Tourism": "hospitality-leisure",
    "Transport": "transportation",
    "Travel": "hospitality-leisure",
    "Water": "water",
    "eCommerce": "retail",
}
"""The MISP galaxy's sectors → industry-sector-ov."""
