"""Lists that the detector of names leans on: names people bear, words that are also names, places and public bodies.

Names come from the library faker and a list of our own; both are read once, when they are first asked for. A list
holds the frequent names only: that a word is in none of them says nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

#: The lists of faker that are used, all in Latin letters. Chosen by measuring: every language added found more of the
#: persons in NorNE and cost hardly any precision.
LOCALES = (
    "no_NO sv_SE da_DK fi_FI is_IS de_DE en_US en_GB pl_PL es_ES fr_FR it_IT nl_NL tr_TR pt_PT ro_RO hr_HR cs_CZ lt_LT et_EE"
).split()
_ATTRIBUTES = ("first_names", "first_names_male", "first_names_female")
_LAST = ("last_names", "unisex_last_names", "male_last_names")

_FIRST_OWN = """
Aksel Albert Alexander Alf Alfred Amalie Amund Anders Andrea Andreas Ane Anette Anita Anja Ann Anna Anne Anniken
Arild Arne Arnfinn Arnstein Arnt Arve Arvid Asbjørn Aslak Asle Asta Astri Astrid Atle Aud Audun August Aurora Axel
Benedicte Bente Berit Bernt Birger Birgit Birgitte Birte Bjarne Bjarte Bjørg Bjørn Bjørnar Bodil Borghild Brage
Brede Brita Britt Bård Børge Børre Camilla Carina Caroline Casper Cathrine Cecilie Charlotte Christian Christine
Christoffer Christopher Dagfinn Dagmar Dagny Dagrun Daniel David Ditlef Dordi Dorthe Ebba Edel Edvard Egil Eilert
Eilif Einar Eirik Eirin Eivind Eldbjørg Eli Elias Elin Elisabeth Elise Ella Ellen Elling Elsa Else Embla Emil Emilie
Emma Erik Erika Erlend Erling Erna Espen Ester Eva Evelyn Eyvind Fabian Ferdinand Filip Finn Fredrik Fride Frida
Frode Frøydis Geir Georg Gerd Gerhard Gina Gjermund Gjertrud Gro Grete Grethe Gudbrand Gudmund Gudrun Gunn Gunnar
Gunnhild Gunvor Guri Gustav Guttorm Gyda Gøril Haakon Halvard Halvor Hanna Hannah Hanne Harald Hassan Hauk Hedda
Hedvig Heidi Helene Helga Helge Helle Henning Henriette Henrik Henry Herbjørn Herborg Herman Hermod Hilde Hildegunn
Hjalmar Hjørdis Hugo Hulda Håkon Håvard Ida Idar Idun Inga Ingeborg Inger Ingerid Ingfrid Ingrid Ingunn Ingvald
Ingvar Ingvild Irene Iselin Isak Iver Ivar Jakob Jan Janne Jarle Jens Jeanette Jenny Joachim Joakim Joar Johan
Johanna Johanne Johannes John Johnny Jon Jonas Jonny Jorun Jorunn Josefine Jostein Julia Julie Jørgen Jøran Jørn
Jørund Kai Kamilla Kaja Kari Karin Karl Karoline Karsten Katarina Kathrine Katrine Kenneth Kim Kine Kirsten Kirsti
Kittil Kjartan Kjell Kjellaug Kjersti Kjetil Klara Klaus Knut Konrad Kristian Kristin Kristina Kristine Kristoffer
Kåre Lars Lasse Laila Laura Lavrans Leif Leiv Lena Lene Leonora Lilly Lillian Lina Linda Line Linn Linnea Lise Live
Liv Loke Lone Lotte Louise Lucas Ludvig Lukas Lydia Mads Magne Magnhild Magnus Maja Malene Malin Margit Margrete
Margrethe Mari Maria Mariann Marianne Marie Marit Marius Markus Marta Marte Marthe Martin Martine Mathias Mathilde
Mats Mattis Maud Merete Merethe Mette Mia Michael Mikael Mikkel Milla Mina Mohammed Mohamed Mona Monica Morten
Målfrid Nanna Nicolai Niels Niklas Nikolai Nils Nina Njål Nora Norunn Norvald Oda Oddbjørg Oddbjørn Oddmund Oddny
Oddvar Odin Ola Olaf Olav Olava Ole Oline Oliver Olga Olve Ommund Oscar Oskar Osvald Otto Ove Pauline Peder Per
Pernille Petra Petter Petter Preben Ragna Ragnar Ragnhild Randi Rannveig Rasmus Rebekka Regine Reidar Reidun Rita
Roald Roar Robert Roger Rolf Ronny Roy Rune Runar Ruth Sander Sandra Sara Sebastian Selma Signe Sigmund Sigrid
Sigrun Sigurd Sigve Silje Simen Simon Sindre Siri Sissel Siv Siw Sivert Snorre Snefrid Sofia Sofie Solfrid Solrun
Solveig Sondre Stein Steinar Stian Stig Stine Sture Sunniva Svanhild Svein Sven Sverre Synne Synnøve Sylvi Sylvia
Sølve Sølvi Tage Tallak Tarald Tarjei Tellef Terje Thea Theodor Thomas Thor Tiril Tobias Tollef Tom Tommy Tone Tor
Toralf Torbjørg Torbjørn Tord Tore Torfinn Torgeir Torgunn Torhild Toril Torild Torill Torleif Tormod Torolf
Torstein Torunn Torvald Trine Trond Truls Trude Trygve Turid Tuva Ulf Ulrik Une Unn Unni Vanja Vegar Vegard Vemund
Vera Veronika Veslemøy Vetle Vibeke Vidar Vigdis Viggo Vigleik Viktor Vilde Vilhelm Villy Wenche William Yngvar
Yngve Ylva Yvonne Zara Øistein Ørjan Ørnulf Øystein Øyvind Øyvor Ådne Ågot Åge Ånund Åsa Åse Åshild Åslaug Åsmund
Åste Asgeir Jomar Lisbeth Mai-Britt May-Britt Rikke Jørgine Mattias Noah Iben Ingebjørg Kjellfrid Leikny Målfrid
Oddrun Olaug Reidunn Ahmed Ali Fatima Abdi Yusuf Ibrahim Omar Aisha Amina Khadija Maryam Layla Samira Nadia Farah
Hamza Bilal Imran Abdullahi Ayaan Agnieszka Krzysztof Katarzyna Małgorzata Piotr Paweł Olena Oksana Dmytro Andrij
Tetjana Svetlana Natalia Sergej Igor Vladimir
""".split()  # fmt: skip
_LAST_OWN = """
Aas Aasen Aase Abrahamsen Albrigtsen Amundsen Andersen Andreassen Antonsen Arnesen Arntzen Aune Austad Bakke Bakken
Bakkemo Berg Berge Berger Bergersen Bergum Berntsen Birkeland Bjerke Bjerkan Bjørnstad Bråten Brekke Brun Bråthen
Bøe Bøhler Christensen Christiansen Christoffersen Dahl Dahle Dale Danielsen Davidsen Edvardsen Eide Eidsvåg
Eikeland Eilertsen Ellefsen Ellingsen Eliassen Engebretsen Engen Enger Eriksen Erlandsen Espeland Evensen Falch
Fjeld Fjelde Fjellheim Flaten Foss Fossum Fosse Fredriksen Gabrielsen Gjerde Grande Granlund Gulbrandsen Gundersen
Gustavsen Haaland Haga Hagen Halvorsen Hammer Hansen Hanssen Hansson Hauge Haugen Haugland Haugsdal Hegge Helgesen
Helland Helle Henriksen Hermansen Hetland Hoel Hoff Hovland Holm Holmen Holte Husby Håland Høiland Isaksen Iversen
Jacobsen Jakobsen Jansen Jensen Jenssen Johannessen Johansen Johansson Johnsen Jonassen Jørgensen Karlsen Kaspersen
Kjeldsen Klausen Knudsen Knutsen Kolberg Kolstad Kristensen Kristiansen Kristoffersen Kvale Kvam Larsen Larssen
Lauritzen Lie Lien Lindberg Lindqvist Lorentzen Ludvigsen Lunde Lyng Løken Madsen Magnussen Martinsen Mathisen
Mikalsen Mikkelsen Moe Moen Molnes Monsen Mortensen Myhre Myhr Myklebust Myrvold Mæland Nguyen Nielsen Nilsen
Nilssen Norberg Nordby Nordmann Næss Nygaard Nygård Nyborg Nyhus Ness Odden Olsen Olsson Opsahl Osmundsen Ottesen
Paulsen Pedersen Persson Petersen Pettersen Rasmussen Reiersen Reitan Rognstad Ruud Rønning Røed Sande Sandberg
Sandvik Samuelsen Selvik Simonsen Sivertsen Sjøberg Skaar Skogen Skoglund Skaug Sletten Solbakken Solberg Solheim
Solstad Strøm Stene Stokke Stoltenberg Strand Strømme Sundby Svendsen Svensson Sveen Sæther Sætre Sørensen Sørlie
Tangen Thomassen Thorsen Thoresen Torgersen Torp Tveit Tveiten Tømmerås Ulriksen Vangen Vestby Vik Viken Vold Wiik
Wilhelmsen Wold Ødegaard Ødegård Øverland Økland Østby Åsen Aarseth Hassan Mohamed Ahmed Khan Singh Hussain Kowalski
Nowak Ivanov Petrov
""".split()  # fmt: skip

_ALSO_WORDS = frozenset(
    """
per bo dag mai tor vår hans fred stein liv even odd sol rose iris bror ask bjørk storm frost våg vida du si var ni
se an ta de den der da man min sin din hun han ham dem vi du ei en et to ti far mor eg ho ja nei hei jo no nå når
kor hva hvor berg vik haug dahl bakke bakken lund moe ås strand holm sand by eng rød li skog foss nes lie lien brun
stor liten lang gran vang hol holt dal dale sund vold elv mo myr myhr hagen haugen eide tangen engen skogen viken
åsen flaten odden dalen bråten brekke berge hammer kvam foss fosse fjeld brun hvit grå svart ring smed møller prest
bonde konge munk falk ulv bjørn rein hauk ørn svane gull sølv stål tone live lykke tro håp siri mari august april
juni juli mars may will art mark bill rob sue pat grant ray dean joy hope faith grace drew rich guy chase long young
white black brown green gray king bush wood hill stone day may best case page park field bank art more wise price
rice bell cook baker carter mason post major love lane hall rose ford grove wall read hunt ball banks frank sand
hart steel strong short sharp fox wolf god ny alle hel rett ark sak min per sten kort kraft stark klein gross jung
lang engel kaiser herr vogel winter sommer sommar vinter høst våren ellers jan finn leif ina ine ane une tale magne
guro gro oda una ea ane alma unn synne kai else ole ella eli marte odd jarle trine line lise rune runa stine tine
vera tora tord ivar are arne rita nora lone maria jesus kristi møt krone per kim lea rut pia mia bent benn klar sara
noe fem ville andre kok koster kamp strid bird gas orlando die zeit the her hos da vil kan skal må bør har var er
blir ble får fikk gir gjør går kom sa ser tar tok mer mest mange noen ingen hver andre første
""".split()
) - frozenset(
    "leif ina jarle trine lise runa stine tine vera tora tord ivar arne rita nora maria jesus kim lea rut pia mia sara "
    "magne ane gro oda alma synne kai ella eli marte ole jan finn guro siri mari".split()
)

MUNICIPALITIES = """
Oslo Eigersund Stavanger Haugesund Sandnes Sokndal Lund Bjerkreim Hå Klepp Time Gjesdal Sola Randaberg Strand
Hjelmeland Suldal Sauda Kvitsøy Bokn Tysvær Karmøy Utsira Vindafjord Kristiansund Molde Ålesund Vanylven Sande Herøy
Ulstein Hareid Ørsta Stranda Sykkylven Sula Giske Vestnes Rauma Aukra Averøy Gjemnes Tingvoll Sunndal Surnadal Smøla
Aure Volda Fjord Hustadvika Haram Bodø Narvik Bindal Sømna Brønnøy Vega Vevelstad Alstahaug Leirfjord Vefsn Grane
Hattfjelldal Dønna Nesna Hemnes Rana Lurøy Træna Rødøy Meløy Gildeskål Beiarn Saltdal Fauske Sørfold Steigen
Lødingen Evenes Røst Værøy Flakstad Vestvågøy Vågan Hadsel Bø Øksnes Sortland Andøy Moskenes Hamarøy Halden Moss
Sarpsborg Fredrikstad Hvaler Råde Våler Skiptvet Rakkestad Marker Drammen Kongsberg Ringerike Hole Flå Nesbyen Gol
Hemsedal Ål Hol Sigdal Krødsherad Modum Øvre-Eiker Lier Flesberg Rollag Nore-og-Uvdal Kongsvinger Hamar Lillehammer
Gjøvik Ringsaker Løten Stange Nord-Odal Sør-Odal Eidskog Grue Åsnes Elverum Trysil Åmot Stor-Elvdal Rendalen
Engerdal Tolga Tynset Alvdal Folldal Os Dovre Lesja Skjåk Lom Vågå Nord-Fron Sel Sør-Fron Ringebu Øyer Gausdal
Østre-Toten Vestre-Toten Gran Søndre-Land Nordre-Land Sør-Aurdal Etnedal Nord-Aurdal Vestre-Slidre Øystre-Slidre
Vang Horten Holmestrand Tønsberg Sandefjord Larvik Færder Porsgrunn Skien Notodden Siljan Bamble Kragerø Drangedal
Nome Midt-Telemark Seljord Hjartdal Tinn Kviteseid Nissedal Fyresdal Tokke Vinje Risør Grimstad Arendal Kristiansand
Lindesnes Farsund Flekkefjord Gjerstad Vegårshei Tvedestrand Froland Lillesand Birkenes Åmli Iveland Bygland Valle
Bykle Vennesla Åseral Lyngdal Hægebostad Kvinesdal Sirdal Bergen Kinn Etne Sveio Bømlo Stord Fitjar Tysnes
Kvinnherad Ullensvang Eidfjord Ulvik Voss Kvam Samnanger Austevoll Øygarden Askøy Vaksdal Modalen Osterøy Alver
Austrheim Fedje Masfjorden Gulen Solund Hyllestad Høyanger Vik Sogndal Aurland Lærdal Årdal Luster Askvoll Fjaler
Sunnfjord Bremanger Stad Gloppen Stryn Trondheim Steinkjer Namsos Frøya Osen Oppdal Rennebu Røros Holtålen Meråker
Stjørdal Frosta Levanger Verdal Snåsa Lierne Røyrvik Namsskogan Grong Høylandet Overhalla Flatanger Leka Inderøy
Indre-Fosen Heim Hitra Ørland Åfjord Orkland Nærøysund Rindal Tromsø Harstad Alta Vardø Vadsø Hammerfest Kvæfjord
Tjeldsund Ibestad Gratangen Lavangen Bardu Salangen Målselv Sørreisa Dyrøy Senja Balsfjord Karlsøy Lyngen Storfjord
Kåfjord Skjervøy Nordreisa Kvænangen Guovdageaidnu Kautokeino Loppa Hasvik Måsøy Nordkapp Porsanger Karasjok Lebesby
Gamvik Berlevåg Tana Nesseby Båtsfjord Bærum Asker Lillestrøm Nordre-Follo Ullensaker Nesodden Frogn Vestby Ås
Nannestad Eidsvoll Hurdal Lørenskog Rælingen Enebakk Aurskog-Høland Gjerdrum Nes Jevnaker Lunner Sør-Varanger
Kirkenes
""".split()  # fmt: skip
PLACES = """
Norge Noreg Sverige Danmark Finland Island Færøyene Grønland Svalbard Tyskland Frankrike Storbritannia England
Skottland Irland Wales Nederland Belgia Luxembourg Spania Portugal Italia Sveits Østerrike Polen Tsjekkia Slovakia
Ungarn Romania Bulgaria Hellas Tyrkia Estland Latvia Litauen Russland Ukraina Hviterussland Serbia Kroatia Bosnia
Kosovo Albania Moldova Kypros Malta USA Canada Mexico Brasil Argentina Chile Colombia Peru Venezuela Cuba Kina Japan
Korea Nord-Korea Sør-Korea India Pakistan Bangladesh Afghanistan Iran Irak Syria Libanon Israel Palestina Gaza
Jordan Egypt Libya Tunisia Marokko Algerie Sudan Etiopia Eritrea Somalia Kenya Uganda Tanzania Nigeria Ghana Kongo
Rwanda Sør-Afrika Zimbabwe Australia Thailand Vietnam Filippinene Indonesia Malaysia Singapore Taiwan Europa Afrika
Asia Amerika Nord-Amerika Sør-Amerika Latin-Amerika Norden Skandinavia Baltikum Balkan Midtøsten Antarktis Arktis
Stockholm Göteborg Gøteborg Malmö Malmø Uppsala København Aarhus Århus Odense Aalborg Helsinki Helsingfors Tampere
Reykjavik London Manchester Edinburgh Glasgow Dublin Paris Brussel Amsterdam Rotterdam Berlin Hamburg München
Frankfurt Wien Zürich Genève Roma Milano Madrid Barcelona Lisboa Praha Warszawa Budapest Athen Istanbul Moskva Kiev
Kyiv Tallinn Riga Vilnius Washington Boston Chicago Beijing Shanghai Tokyo Delhi Bagdad Kabul Teheran Jerusalem
Sydney New-York Los-Angeles Brüssel Strasbourg Haag Davos Syden Akershus Østfold Buskerud Innlandet Vestfold
Telemark Agder Rogaland Vestland Møre Romsdal Trøndelag Nordland Troms Finnmark Viken Hordaland Sogn Fjordane
Hedmark Oppland Aust-Agder Vest-Agder Sør-Trøndelag Nord-Trøndelag Vestlandet Østlandet Sørlandet Nord-Norge
Midt-Norge Nordvestlandet Sunnmøre Nordmøre Hardanger Sunnhordland Nordhordland Hallingdal Valdres Gudbrandsdalen
Østerdalen Setesdal Numedal Toten Hadeland Romerike Follo Jæren Ryfylke Lofoten Vesterålen Helgeland Salten Ofoten
Namdalen Fosen Innherred Hedmarken Toten Sunndalsøra Mosjøen Sandnessjøen Brønnøysund Svolvær Leknes Finnsnes Førde
Florø Måløy Leirvik Odda Gardermoen Flesland Værnes Sola Fornebu Lysaker Sandvika Drøbak Ski Jessheim Lillestrøm
Stathelle Brevik Mandal Bryne Egersund Kopervik Åkrehamn Raufoss Otta Vinstra Fagernes Beitostølen Geilo Nesbyen
Hønefoss Mjøndalen Hokksund Mjøsa Nidelva Akerselva Bjørvika Grønland Grünerløkka Frogner Majorstuen Sagene Tøyen
Holmenkollen Groruddalen Nordmarka Bryggen Sandviken Fana Åsane Fyllingsdalen Laksevåg Loddefjord Arna Nordnes
Bybanen Bakklandet Lade Moholt Heimdal Tiller Byåsen Gløshaugen Dragvoll Paradis Jan-Mayen Skåne Ormen-Lange
Soria-Moria Kings-Bay Nordsjøen Barentshavet Norskehavet Østersjøen Middelhavet Rhinen
""".split()  # fmt: skip
ORGANISATIONS = """
Stortinget Regjeringen Storting Statsbygg Statnett Statkraft Statoil Equinor Telenor Posten Avinor Vinmonopolet
Norsk-Tipping Hydro Skatteetaten Tolletaten Politiet Forsvaret Forsvarsbygg Sivilombudet Riksrevisjonen Datatilsynet
Konkurransetilsynet Arbeidstilsynet Helsetilsynet Mattilsynet Finanstilsynet Kystverket Kartverket Husbanken
Lånekassen Innovasjon Forskningsrådet Digitaliseringsdirektoratet Miljødirektoratet Helsedirektoratet
Utdanningsdirektoratet Kulturdirektoratet Statsforvalteren Fylkesmannen Kommunaldepartementet Finansdepartementet
Nærings Næringsdepartementet Forsvarsdepartementet Justisdepartementet Helsedepartementet Kunnskapsdepartementet
Klimadepartementet Utenriksdepartementet Samferdselsdepartementet Arbeidsdepartementet Høyesterett Lagmannsretten
Tingretten KOFA Brønnøysundregistrene Sikt NAV Nav NVE DFØ Difi Digdir DSB KS NHO LO NITO Tekna Unio Virke Abelia
SINTEF Sintef NTNU UiO UiB UiT UiS UiA OsloMet HVL NIVA NILU CICERO NORCE NIBIO FFI NUPI NRK TV2 NTB VG Dagbladet
Aftenposten Adresseavisen Nationen Klassekampen Morgenbladet Dagsavisen Kommunal-Rapport Bergens-Tidende Doffin TED
EU EØS EFTA ESA NATO Nato FN OECD WHO UNESCO Unicef Microsoft Google Facebook Apple Amazon Twitter Instagram YouTube
LinkedIn Teams Zoom Excel Word Outlook SharePoint Siemens Ericsson Nokia Tesla Volvo Arbeiderpartiet Høyre
Fremskrittspartiet Venstre Senterpartiet Kristelig-Folkeparti Rødt Miljøpartiet SV Sosialistisk-Venstreparti KrF Frp
FrP Ap AP Sp MDG Krf Vy Ruter Skyss AtB Kolumbus Bane-NOR Vegvesenet Statens-vegvesen Entur Enova Nye-Veier
Norsk-Vann Helfo HelseSør Universitetet Røde-Kors Kirkens-Bymisjon Frelsesarmeen Fagforbundet Redd-Barna
Kirkens-Nødhjelp Leverandørutviklingsprogrammet Internett Covid Corona Korona ISO IKT IT KI AI BIM SMS PC TV GDPR
PDF CO2 FDV LCC HMS ROS RFI RFP IOA SMB OPP OPS FoU FOU DPS DIFI ABA Stavanger-Aftenblad Dagens-Næringsliv DN E24
Nettavisen Gyldendal Aschehoug Kongehuset Slottet Sametinget Fylkestinget Bystyret Kommunestyret
""".split()  # fmt: skip

#: Names of two letters that are kept; the others are mostly words.
_SHORT = frozenset({"Bo", "Jo", "Åg", "Li"})
_LETTERS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "đ": "d", "ð": "d", "þ": "th", "ł": "l"}
)


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """`word` in lower case without accents, with æ, ø and å written out, so that spellings of one name meet.

    >>> folded("Håkon") == folded("HAAKON") == folded("Ha" + chr(0x30A) + "kon")
    True
    >>> folded("André"), folded("Søren")
    ('andre', 'soeren')
    """
    low = word.casefold()
    if low.isascii():
        return low
    low = unicodedata.normalize("NFC", low).translate(_LETTERS)
    if low.isascii():
        return low
    return "".join(c for c in unicodedata.normalize("NFD", low) if c.isalpha())


#: Names that are ordinary words too, folded: at the head of a sentence, or in lower case, they say nothing alone.
ALSO_WORDS = frozenset(folded(word) for word in _ALSO_WORDS)


def _of_faker(attributes: Iterable[str], locales: Iterable[str]) -> set[str]:
    from importlib import import_module

    names: set[str] = set()
    for locale in locales:
        provider: Any = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in attributes:
            names.update(getattr(provider, attribute, ()))
    return {name for name in names if isinstance(name, str)}


def _parts(names: Iterable[str]) -> frozenset[str]:
    """Folded names, of double ones each part."""
    found: set[str] = set()
    for name in names:
        whole = name.replace("-", " ").split()
        found.update(
            folded(part) for part in whole if (len(part) > 2 or part in _SHORT) and part[0].isupper() and part.isalpha()
        )
    return frozenset(found)


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """First names, folded.

    >>> folded("Øystein") in first_names()
    True
    """
    return _parts(_of_faker(_ATTRIBUTES, LOCALES) | set(_FIRST_OWN))


@lru_cache(maxsize=1)
def last_names() -> frozenset[str]:
    """Last names, folded.

    >>> folded("Ødegård") in last_names()
    True
    """
    return _parts(_of_faker(_LAST, LOCALES) | set(_LAST_OWN))


@lru_cache(maxsize=1)
def names_in_s() -> frozenset[str]:
    """Names borne in the Nordic countries that end in s, folded: "Andreas" is one, and not the genitive of "Andrea".

    Not from all lists: somewhere "Olas" is a name, and in a Norwegian text it is Ola's.

    >>> folded("Johannes") in names_in_s(), folded("Olas") in names_in_s()
    (True, False)
    """
    nordic = _of_faker((*_ATTRIBUTES, *_LAST), ("no_NO", "sv_SE", "da_DK"))
    return frozenset(name for name in _parts(nordic | set(_FIRST_OWN) | set(_LAST_OWN)) if name.endswith("s"))


@lru_cache(maxsize=1)
def gazetteer() -> dict[tuple[str, ...], str]:
    """Places and organisations by their folded words: "place" or "organisation".

    >>> gazetteer()[("bergen",)], gazetteer()[("statens", "vegvesen")]
    ('place', 'organisation')
    """
    entries: dict[tuple[str, ...], str] = {}
    for kind, names in (("place", [*MUNICIPALITIES, *PLACES]), ("organisation", ORGANISATIONS)):
        for name in names:
            entries[tuple(folded(part) for part in name.split("-"))] = kind
    return entries


@lru_cache(maxsize=1)
def gazetteer_heads() -> frozenset[str]:
    """The first words of all entries of the gazetteer that have several."""
    return frozenset(words[0] for words in gazetteer() if len(words) > 1)


@lru_cache(maxsize=65_536)
def is_everyday(word: str) -> bool:
    """Whether a Norwegian word list (simplemma's, bokmål and nynorsk) has `word`, in lower case.

    >>> is_everyday("Hvorfor"), is_everyday("Torvaldsrud")
    (True, False)
    """
    if len(word) > 60:
        return False
    import simplemma

    low = word.lower()
    known: bool = simplemma.is_known(low, lang=("nb", "nn"))
    # Compounds: known when both parts are. Short ends are not tried, for they make "-land" and "-rud" of surnames.
    return known or any(
        simplemma.is_known(low[at:], lang=("nb", "nn")) and simplemma.is_known(low[:at].rstrip("s"), lang=("nb", "nn"))
        for at in range(4, len(low) - 4)
    )


def spacy_entities(pipeline: str) -> Callable[[str], list[tuple[int, int, str]]]:
    """A function for ``find_names(ner=…)`` from an installed spaCy pipeline or the folder of one.

    The pipeline is loaded at the first text and only then; texts are given to it paragraph by paragraph.
    """
    loaded: list[Any] = []

    def entities(text: str) -> list[tuple[int, int, str]]:
        if not loaded:
            import spacy

            loaded.append(
                spacy.load(pipeline, exclude=["tagger", "trainable_lemmatizer", "lemmatizer", "parser", "senter"])
            )
        found: list[tuple[int, int, str]] = []
        start = 0
        lines = text.split("\n")
        for line, document in zip(lines, loaded[0].pipe(lines), strict=True):
            found += [(start + e.start_char, start + e.end_char, str(e.label_)) for e in document.ents]
            start += len(line) + 1
        return found

    return entities
