"""The words that invented cases are made of. Nobody in particular."""

from __future__ import annotations

FIRST_NAMES = (
    "Aaron", "Abigail", "Adam", "Aisha", "Alan", "Alice", "Amara", "Amy", "Andrew", "Anna", "Bartosz", "Ben",
    "Bethan", "Bilal", "Callum", "Carys", "Chloe", "Ciarán", "Connor", "Dafydd", "Daniel", "Deepa", "Dylan", "Ebony",
    "Ed", "Ella", "Emeka", "Emma", "Ewan", "Farah", "Finn", "Gareth", "Grace", "Hamza", "Hannah", "Harriet", "Imran",
    "Isla", "Jack", "Jade", "James", "Jo", "Kai", "Kasia", "Keira", "Leon", "Liam", "Lucy", "Malik", "Maya", "Megan",
    "Mo", "Nadia", "Niamh", "Omar", "Owen", "Paige", "Priya", "Rhys", "Ruby", "Ryan", "Sara", "Sean", "Siân", "Tariq",
    "Tom", "Yusuf", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Jones", "Taylor", "Williams", "Brown", "Davies", "Evans", "Wilson", "Thomas", "Johnson", "Roberts",
    "Robinson", "Thompson", "Wright", "Walker", "White", "Edwards", "Hughes", "Green", "Hall", "Lewis", "Harris",
    "Clarke", "Patel", "Jackson", "Wood", "Turner", "Martin", "Cooper", "Hill", "Ward", "Morris", "Moore", "Clark",
    "Lee", "King", "Baker", "Harrison", "Morgan", "Allen", "James", "Scott", "Phillips", "Watson", "Davis", "Parker",
    "Price", "Bennett", "Young", "Griffiths", "Mitchell", "Kelly", "Cook", "Carter", "Richardson", "Bailey", "Collins",
    "Bell", "Shaw", "Murphy", "Miller", "Cox", "Richards", "Khan", "Marshall", "Anderson", "Simpson", "Ellis", "Adams",
    "Singh", "Begum", "Wilkinson", "Foster", "Chapman", "Powell", "Webb", "Rogers", "Gray", "Mason", "Ali", "Hunt",
    "Hussain", "Campbell", "Matthews", "Owen", "Palmer", "Holmes", "Mills", "Barnes", "Knight", "Lloyd", "Butler",
    "Russell", "Barker", "Fisher", "Stevens", "Jenkins", "Murray", "Dixon", "Harvey", "O'Neill", "Okafor", "Nowak",
    "Kowalska-Reid", "Featherstone", "Ashworth", "Birtwistle", "Cholmondeley", "Entwistle", "Hargreaves", "Llewellyn",
    "Mackintosh", "Oyelaran", "Ravenscroft", "Szymańska", "Thistlewood", "Uddin", "Wainwright", "Yardley", "Zielinski",
)  # fmt: skip
#: Names of providers: each of the first with each of the second.
PROVIDERS = (
    ("Alder", "Beacon", "Cedar", "Dovetail", "Ember", "Foxglove", "Gantry", "Heron", "Ivybridge", "Juniper"),
    ("Futures", "Partnership", "Trust", "Pathways", "Support"),
)
REGIONAL_UNITS = ("North", "South", "East", "West", "Central")
SEXES = ("Male", "Male", "Male", "Male", "Female")
ETHNICITIES = (
    "White: British",
    "White: Irish",
    "Asian or Asian British: Indian",
    "Black or Black British: African",
)
OFFENCES = ("Burglary", "Theft", "Violence against the person", "Drug offences", "Motoring offences")
A_TEXT = (
    "They say that the last months were hard, and that they want this to go well. They keep appointments when they are "
    "reminded the day before, and prefer to talk on foot. Their sister helps with forms and letters."
)
A_LONG_TEXT = " ".join([A_TEXT] * 3)
