"""Names as people read them. The names on the left are rows of the European Commission's list of charter holders."""

import pytest

from mobility.names import readable, readable_place


@pytest.mark.parametrize(
    ("official", "shown"),
    [
        ("KUNGLIGA TEKNISKA HOEGSKOLAN", "Kungliga Tekniska Hoegskolan"),
        ("UNIVERSITE CATHOLIQUE DE LOUVAIN", "Universite Catholique de Louvain"),
        ("RHEINISCH-WESTFAELISCHE TECHNISCHE HOCHSCHULE AACHEN",
         "Rheinisch-Westfaelische Technische Hochschule Aachen"),
        ("KARLSRUHER INSTITUT FUER TECHNOLOGIE", "Karlsruher Institut fuer Technologie"),
        ("UNIVERSITAT FUR MUSIK UND DARSTELLENDE KUNST GRAZ (KUG)",
         "Universitat fur Musik und Darstellende Kunst Graz (KUG)"),
        ("STIFTUNG EUROPA-UNIVERSITAT VIADRINA FRANKFURT (ODER)",
         "Stiftung Europa-Universitat Viadrina Frankfurt (Oder)"),
        ("NATZIONALNA AKADEMIYA ZA TEATRALNO I FILMOVO IZKUSTVO (NATFIZ)",
         "Natzionalna Akademiya za Teatralno i Filmovo Izkustvo (NATFIZ)"),
        ("FACHHOCHSCHULE VORARLBERG GMBH", "Fachhochschule Vorarlberg GmbH"),
        ("HOCHSCHULE ZITTAU/GOERLITZ", "Hochschule Zittau/Goerlitz"),
        ("UNIVERSITA DEGLI STUDI DI ROMA LA SAPIENZA", "Universita degli Studi di Roma La Sapienza"),
        ("ALMA MATER STUDIORUM - UNIVERSITA DI BOLOGNA", "Alma Mater Studiorum - Universita di Bologna"),
        ("ISTITUTO TECNICO SUPERIORE DEL TURISMO E DELL'OSPITALITA",
         "Istituto Tecnico Superiore del Turismo e dell'Ospitalita"),
        ("UNIVERSITE D'ANGERS", "Universite d'Angers"),
        ("LYCEE VINCENT D INDY", "Lycee Vincent d Indy"),
        ("UNIVERSITE DE VERSAILLES SAINT-QUENTIN EN YVELINES", "Universite de Versailles Saint-Quentin en Yvelines"),
        ("ECOLE SUPERIEURE DES BEAUX-ARTS TOURS ANGERS LE MANS",
         "Ecole Superieure des Beaux-Arts Tours Angers Le Mans"),
        ("UNIVERSITE RENNES II", "Universite Rennes II"),
        ("UNIVERSITAT POLITECNICA DE CATALUNYA", "Universitat Politecnica de Catalunya"),
        ("ESCUELA DE ARTE Y SUPERIOR DE DISEÑO DE ALICANTE/ESCOLA D'ART I SUPERIOR DE DISSENY D'ALACANT",
         "Escuela de Arte y Superior de Diseño de Alicante/Escola d'Art i Superior de Disseny d'Alacant"),
        ("IES L'ELIANA", "IES L'Eliana"),
        ("IES LA SENIA", "IES La Senia"),
        ("I.E.S. LUIS VIVES", "I.E.S. Luis Vives"),
        ('CONSERVATORIO SUPERIOR DE MÚSICA "SALVADOR SEGUÍ" DE CASTELLÓN',
         'Conservatorio Superior de Música "Salvador Seguí" de Castellón'),
        ("ESCOLA DE GESTIÓ EMPRESARIAL, SA", "Escola de Gestió Empresarial, SA"),
        ("ENSILIS - EDUCACAO E FORMACAO, UNIPESSOAL LDA", "Ensilis - Educacao e Formacao, Unipessoal Lda"),
        ("AKADEMIA GORNICZO-HUTNICZA IM. STANISLAWA STASZICA W KRAKOWIE",
         "Akademia Gorniczo-Hutnicza im. Stanislawa Staszica w Krakowie"),
        ("VYSOKE UCENI TECHNICKE V BRNE", "Vysoke Uceni Technicke v Brne"),
        ("UNIVERZA V LJUBLJANI", "Univerza v Ljubljani"),
        ("SVEUCILISTE U ZAGREBU", "Sveuciliste u Zagrebu"),
        ("UNIVERSITEIT VAN AMSTERDAM", "Universiteit van Amsterdam"),
        ("KATHOLIEKE HOGESCHOOL VIVES NOORD", "Katholieke Hogeschool Vives Noord"),
        ("NORGES TEKNISK-NATURVITENSKAPELIGE UNIVERSITET NTNU",
         "Norges Teknisk-Naturvitenskapelige Universitet NTNU"),
        ("UNIVERSITETET I OSLO", "Universitetet i Oslo"),
        ("CHALMERS TEKNISKA HOGSKOLA AB", "Chalmers Tekniska Hogskola AB"),
        ("TALLINNA TEHNIKAÜLIKOOL", "Tallinna Tehnikaülikool"),
        ("JANDARMA VE SAHIL GUVENLIK AKADEMISI BASKANLIGI", "Jandarma ve Sahil Guvenlik Akademisi Baskanligi"),
        ("UNIVERSITY COLLEGE CORK -  NATIONAL UNIVERSITY OF IRELAND, CORK",
         "University College Cork - National University of Ireland, Cork"),
        ("PROF. DR. ASEN ZLATAROV BURGAS STATE UNIVERSITY", "Prof. Dr. Asen Zlatarov Burgas State University"),
        ("IMEP", "IMEP"),
        ("Lycée Général et Technologique Joseph GAILLARD", "Lycée Général et Technologique Joseph GAILLARD"),
        ("Hochschule für Gesellschaftsgestaltung (HfGG)", "Hochschule für Gesellschaftsgestaltung (HfGG)"),
    ],
)  # fmt: skip
def test_an_official_name_in_capitals_is_shown_readably(official, shown):
    assert readable(official) == shown
    assert readable(shown) == shown


@pytest.mark.parametrize(
    ("official", "shown"),
    [
        ("UNIVERSITA DEGLI STUDI G. D'ANNUNZIO CHIETI", "Universita degli Studi G. D'Annunzio Chieti"),
        ("UNIVERSITA DELL'AQUILA", "Universita dell'Aquila"),
        ("İSTANBUL TEKNİK ÜNİVERSİTESİ", "İstanbul Teknik Üniversitesi"),
        ("ΕΘΝΙΚΟ ΜΕΤΣΟΒΙΟ ΠΟΛΥΤΕΧΝΕΙΟ", "Εθνικο Μετσοβιο Πολυτεχνειο"),
        ("", ""),
    ],
)
def test_apostrophes_and_other_alphabets(official, shown):
    assert readable(official) == shown


@pytest.mark.parametrize(
    ("official", "shown"),
    [
        ("KARLSRUHE", "Karlsruhe"),
        ("ROMA", "Roma"),
        ("L'AQUILA", "L'Aquila"),
        ("LOUVAIN LA NEUVE", "Louvain la Neuve"),
        ("LOUVAIN-LA-NEUVE", "Louvain-la-Neuve"),
        ("LE MANS", "Le Mans"),
        ("GRENOBLE CEDEX 1", "Grenoble"),
        ("Nancy Cedex", "Nancy"),
        ("VILLENEUVE D'ASCQ", "Villeneuve d'Ascq"),
        ("tarare", "Tarare"),
        ("Vitoria-Gasteiz", "Vitoria-Gasteiz"),
        ("4100-442 Porto", "4100-442 Porto"),
        ("", ""),
    ],
)
def test_a_city_is_shown_readably(official, shown):
    assert readable_place(official) == shown
