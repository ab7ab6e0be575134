"""What the people of the demo live on: trades that go together, with the words each uses for itself and its wishes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """One trade: its sector, how a firm of it is called in each language, what it offers, looks for and fits with."""

    sector: str
    italian: str
    polish: str
    english: str
    offers: str
    looks_for: str
    wants: str
    """The sector that would help most."""


_ROWS = """
Florist|Fiori|Kwiaciarnia|Flowers|wedding and table flowers from our own fields|couples who marry next year|Wedding planner
Photographer|Foto|Foto|Photography|portraits, products and reportage|firms that renew their website|Web design
Wedding planner|Nozze|Śluby|Weddings|a whole feast from invitation to last dance|country houses with a garden|Venue
Venue|Villa|Dwór|House|a garden for 120 guests|offices that plan their summer party|Human resources
Catering|Cucina|Catering|Kitchen|lunches and feasts of the season|firms with 50 to 200 people|Venue
Bakery|Forno|Piekarnia|Bakery|bread and cakes before six|hotels and canteens nearby|Hotel
Coffee roaster|Torrefazione|Palarnia Kawy|Roasters|freshly roasted coffee and machines on loan|offices that drink bad coffee|Office supplies
Wine merchant|Enoteca|Winnica|Cellars|wines of small growers|restaurants that redo their list|Catering
Hotel|Albergo|Hotel|Inn|24 rooms near the station|firms whose guests stay overnight|Travel agency
Travel agency|Viaggi|Podróże|Travel|journeys for small groups|clubs and choirs that travel|Language school
Graphic design|Grafica|Grafika|Design|logos, packaging and signs|founders in their first year|Business coach
Web design|Web|Strony|Web|websites that load in a second|shops that want to sell online|Online marketing
Online marketing|Marketing|Marketing|Digital|campaigns that can be measured|craftspeople with free capacity|Graphic design
Printer|Tipografia|Drukarnia|Press|brochures, labels and large formats|growers with new labels|Wine merchant
Copywriter|Parole|Słowa|Words|texts people finish reading|agencies without a writer|Web design
Video maker|Video|Film|Films|short films about work|firms that look for apprentices|Human resources
Translator|Traduzioni|Tłumaczenia|Translations|contracts and manuals in four languages|exporters to the east|Freight forwarder
Language school|Lingue|Języki|Languages|courses at the workplace|teams with customers abroad|Human resources
Accountant|Studio|Biuro Rachunkowe|Accounting|books and pay for small firms|founders before their first invoice|Business coach
Tax adviser|Studio Tributario|Doradztwo Podatkowe|Tax|advice before the year ends|families that hand on a firm|Notary
Lawyer|Studio Legale|Kancelaria|Law|contracts and debts, plainly explained|landlords with many tenants|Property manager
Notary|Studio Notarile|Notariat|Notaries|deeds, wills and companies|people who buy their first home|Estate agent
Financial adviser|Consulenza|Finanse|Finance|plans for the years after work|owners over fifty|Tax adviser
Insurance broker|Assicurazioni|Ubezpieczenia|Insurance|cover compared among twelve insurers|firms with more than three vans|Freight forwarder
Mortgage broker|Mutui|Kredyty|Mortgages|loans for homes and workshops|couples who look for a house|Estate agent
Estate agent|Immobiliare|Nieruchomości|Estates|homes and shops in the old town|families that must sell in peace|Architect
Property manager|Amministrazioni|Zarządzanie|Property|houses of 10 to 80 flats|owners who live abroad|Estate agent
Architect|Architettura|Pracownia|Architects|old houses made light|buyers of farmhouses|Builder
Interior designer|Interni|Wnętrza|Interiors|rooms for work and waiting|dentists and doctors who renew|Dentist
Surveyor|Rilievi|Geodezja|Surveys|boundaries and three-dimensional surveys|architects with old walls|Architect
Builder|Costruzioni|Budowa|Builders|renovation while you live in it|architects who keep their word|Architect
Electrician|Elettrica|Elektryka|Electrics|wiring, light and chargers|houses that get solar panels|Solar energy
Plumber|Idraulica|Hydraulika|Plumbing|bathrooms in nine days|property managers with old pipes|Property manager
Carpenter|Falegnameria|Stolarnia|Joinery|kitchens and stairs of local wood|interior designers with drawings|Interior designer
Painter|Tinteggiature|Malarstwo|Painters|walls of lime and clay|flats between two tenants|Property manager
Solar energy|Solare|Fotowoltaika|Solar|roofs that pay for themselves|workshops with large roofs|Builder
Garden design|Giardini|Ogrody|Gardens|gardens that need little water|hotels with bare courtyards|Hotel
Cleaning|Pulizie|Sprzątanie|Cleaning|offices before seven|firms that move|Office supplies
Locksmith|Serrature|Zamki|Locks|doors and safes, day and night|houses after a burglary|Insurance broker
Car repair|Officina|Warsztat|Garage|vans back on the road next day|fleets of up to twenty|Freight forwarder
Freight forwarder|Trasporti|Spedycja|Freight|parcels and pallets to Poland and Italy|makers who export for the first time|Translator
Office supplies|Ufficio|Biuro|Office|chairs tried before bought|firms that grow by a desk a month|Accountant
IT support|Informatica|Informatyka|IT|computers that work on Monday|offices without anyone for it|Accountant
Software|Software|Software|Software|programs for workshops|makers with paper slips|Business coach
Human resources|Risorse|Kadry|People|people who stay|firms with ten to fifty people|Language school
Business coach|Consulenze|Doradztwo|Coaching|one morning a month for owners|owners who do everything themselves|Accountant
Dentist|Odontoiatria|Stomatologia|Dental|calm hands for anxious people|families new in town|Physiotherapist
Physiotherapist|Fisioterapia|Fizjoterapia|Physio|backs that sit all day|offices with many desks|Office supplies
Optician|Ottica|Optyk|Eyewear|glasses for screens|schools and offices|Human resources
Yoga teacher|Yoga|Joga|Yoga|a breath at noon|hotels with a quiet room|Hotel
Veterinary surgeon|Veterinaria|Weterynaria|Vets|house calls for old dogs|breeders and farms|Insurance broker
Bookseller|Libreria|Księgarnia|Books|presents chosen by hand|firms that give books at Christmas|Printer
Jeweller|Gioielli|Biżuteria|Jewellery|rings made from old gold|couples before the day|Wedding planner
Tailor|Sartoria|Krawiectwo|Tailoring|suits and work clothes that fit|hotels and restaurants|Catering
Cheese maker|Caseificio|Serowarnia|Dairy|twelve cheeses from one valley|wine merchants with tastings|Wine merchant
Beekeeper|Apicoltura|Pasieka|Honey|honey with the name of the meadow|bakeries and gift shops|Bakery
Potter|Ceramiche|Ceramika|Pottery|cups and plates in small series|coffee roasters and inns|Coffee roaster
"""  # noqa: E501  # a row is a line

TRADES: tuple[Trade, ...] = tuple(Trade(*line.split("|")) for line in _ROWS.strip().splitlines())
"""As many as the group has people, so that every seat has its own sector."""
