"""Verify the check digits of numbers that states give persons and companies.

In: a number without separators and the state (ISO 3166-1 alpha-2) that issued it. Out: True where the check digit is
right, False where it is wrong, None where no known scheme gives the number one. Guaranteed: pure, never raises.

A number fails only where it has the whole form of the state's scheme and a wrong digit: an identity card may bear its
own serial number instead of the person's number, which is no fault. Left out are schemes whose new numbers have no
right digit (Denmark since 2007, the Republic of Korea since 2020), and those that only fix the length of a serial
number. The arithmetic is python-stdnum's, after each state's own rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import stdnum.ar.cuit
import stdnum.at.uid
import stdnum.au.abn
import stdnum.au.acn
import stdnum.be.eid
import stdnum.be.nn
import stdnum.be.vat
import stdnum.bg.egn
import stdnum.bg.pnf
import stdnum.bg.vat
import stdnum.br.cnpj
import stdnum.br.cpf
import stdnum.ch.ssn
import stdnum.ch.uid
import stdnum.cl.rut
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.co.nit
import stdnum.cy.vat
import stdnum.cz.dic
import stdnum.cz.rc
import stdnum.de.vat
import stdnum.dk.cvr
import stdnum.do.cedula
import stdnum.do.rnc
import stdnum.ec.ci
import stdnum.ec.ruc
import stdnum.ee.ik
import stdnum.ee.registrikood
import stdnum.es.cif
import stdnum.es.dni
import stdnum.es.nie
import stdnum.es.nif
import stdnum.fi.hetu
import stdnum.fi.ytunnus
import stdnum.fr.nir
import stdnum.fr.siren
import stdnum.fr.siret
import stdnum.fr.tva
import stdnum.gb.vat
import stdnum.gr.amka
import stdnum.gr.vat
import stdnum.gt.nit
import stdnum.hr.oib
import stdnum.hu.anum
import stdnum.ie.vat
import stdnum.il.hp
import stdnum.il.idnr
import stdnum.in_.aadhaar
import stdnum.in_.gstin
import stdnum.is_.kennitala
import stdnum.it.codicefiscale
import stdnum.it.iva
import stdnum.jp.cn
import stdnum.kr.brn
import stdnum.lei
import stdnum.lt.asmens
import stdnum.lt.pvm
import stdnum.lu.tva
import stdnum.lv.pvn
import stdnum.ma.ice
import stdnum.md.idno
import stdnum.mk.edb
import stdnum.mu.nid
import stdnum.mx.curp
import stdnum.mx.rfc
import stdnum.nl.bsn
import stdnum.nl.btw
import stdnum.no.fodselsnummer
import stdnum.no.orgnr
import stdnum.nz.ird
import stdnum.pe.cui
import stdnum.pe.ruc
import stdnum.pl.nip
import stdnum.pl.pesel
import stdnum.pl.regon
import stdnum.pt.cc
import stdnum.pt.nif
import stdnum.py.ruc
import stdnum.ro.cnp
import stdnum.ro.cui
import stdnum.rs.pib
import stdnum.ru.inn
import stdnum.ru.ogrn
import stdnum.se.orgnr
import stdnum.se.personnummer
import stdnum.sg.uen
import stdnum.si.ddv
import stdnum.si.emso
import stdnum.sk.dph
import stdnum.sk.rc
import stdnum.sn.ninea
import stdnum.th.pin
import stdnum.th.tin
import stdnum.tr.tckimlik
import stdnum.tr.vkn
import stdnum.tw.ubn
import stdnum.ua.edrpou
import stdnum.uy.rut
import stdnum.ve.rif
import stdnum.vn.mst
import stdnum.za.idnr
from stdnum.exceptions import InvalidChecksum, ValidationError

_YUGOSLAV = (stdnum.si.emso,)  # The JMBG of 1977, which the successor states kept under their own names.
_PERSONS: Mapping[str, tuple[ModuleType, ...]] = {
    "AR": (stdnum.ar.cuit,),
    "BA": _YUGOSLAV,
    "BE": (stdnum.be.nn, stdnum.be.eid),
    "BG": (stdnum.bg.egn, stdnum.bg.pnf),
    "BR": (stdnum.br.cpf,),
    "CH": (stdnum.ch.ssn,),
    "CL": (stdnum.cl.rut,),
    "CN": (stdnum.cn.ric,),
    "CZ": (stdnum.cz.rc,),
    "DO": (stdnum.do.cedula,),
    "EC": (stdnum.ec.ci,),
    "EE": (stdnum.ee.ik,),
    "ES": (stdnum.es.dni, stdnum.es.nie),
    "FI": (stdnum.fi.hetu,),
    "FR": (stdnum.fr.nir,),
    "GR": (stdnum.gr.amka,),
    "HR": (stdnum.hr.oib, *_YUGOSLAV),
    "IL": (stdnum.il.idnr,),
    "IN": (stdnum.in_.aadhaar,),
    "IS": (stdnum.is_.kennitala,),
    "IT": (stdnum.it.codicefiscale,),
    "LT": (stdnum.lt.asmens,),
    "LV": (stdnum.lv.pvn,),
    "MD": (stdnum.md.idno,),
    "ME": _YUGOSLAV,
    "MK": _YUGOSLAV,
    "MU": (stdnum.mu.nid,),
    "MX": (stdnum.mx.curp,),
    "NL": (stdnum.nl.bsn,),
    "NO": (stdnum.no.fodselsnummer,),
    "PE": (stdnum.pe.cui,),
    "PL": (stdnum.pl.pesel,),
    "PT": (stdnum.pt.cc,),
    "RO": (stdnum.ro.cnp,),
    "RS": _YUGOSLAV,
    "SE": (stdnum.se.personnummer,),
    "SI": _YUGOSLAV,
    "SK": (stdnum.sk.rc,),
    "TH": (stdnum.th.pin,),
    "TR": (stdnum.tr.tckimlik,),
    "ZA": (stdnum.za.idnr,),
}
_COMPANIES: Mapping[str, tuple[ModuleType, ...]] = {
    "AR": (stdnum.ar.cuit,),
    "AT": (stdnum.at.uid,),
    "AU": (stdnum.au.abn, stdnum.au.acn),
    "BE": (stdnum.be.vat,),
    "BG": (stdnum.bg.vat,),
    "BR": (stdnum.br.cnpj,),
    "CH": (stdnum.ch.uid,),
    "CL": (stdnum.cl.rut,),
    "CN": (stdnum.cn.uscc,),
    "CO": (stdnum.co.nit,),
    "CY": (stdnum.cy.vat,),
    "CZ": (stdnum.cz.dic,),
    "DE": (stdnum.de.vat,),
    "DK": (stdnum.dk.cvr,),
    "DO": (stdnum.do.rnc,),
    "EC": (stdnum.ec.ruc,),
    "EE": (stdnum.ee.registrikood,),
    "ES": (stdnum.es.cif, stdnum.es.nif),
    "FI": (stdnum.fi.ytunnus,),
    "FR": (stdnum.fr.siren, stdnum.fr.siret, stdnum.fr.tva),
    "GB": (stdnum.gb.vat,),
    "GR": (stdnum.gr.vat,),
    "GT": (stdnum.gt.nit,),
    "HR": (stdnum.hr.oib,),
    "HU": (stdnum.hu.anum,),
    "IE": (stdnum.ie.vat,),
    "IL": (stdnum.il.hp,),
    "IN": (stdnum.in_.gstin,),
    "IS": (stdnum.is_.kennitala,),
    "IT": (stdnum.it.iva,),
    "JP": (stdnum.jp.cn,),
    "KR": (stdnum.kr.brn,),
    "LT": (stdnum.lt.pvm,),
    "LU": (stdnum.lu.tva,),
    "LV": (stdnum.lv.pvn,),
    "MA": (stdnum.ma.ice,),
    "MD": (stdnum.md.idno,),
    "MK": (stdnum.mk.edb,),
    "MX": (stdnum.mx.rfc,),
    "NL": (stdnum.nl.btw,),
    "NO": (stdnum.no.orgnr,),
    "NZ": (stdnum.nz.ird,),
    "PE": (stdnum.pe.ruc,),
    "PL": (stdnum.pl.nip, stdnum.pl.regon),
    "PT": (stdnum.pt.nif,),
    "PY": (stdnum.py.ruc,),
    "RO": (stdnum.ro.cui,),
    "RS": (stdnum.rs.pib,),
    "RU": (stdnum.ru.inn, stdnum.ru.ogrn),
    "SE": (stdnum.se.orgnr,),
    "SG": (stdnum.sg.uen,),
    "SI": (stdnum.si.ddv,),
    "SK": (stdnum.sk.dph,),
    "SN": (stdnum.sn.ninea,),
    "TH": (stdnum.th.tin,),
    "TR": (stdnum.tr.vkn,),
    "TW": (stdnum.tw.ubn,),
    "UA": (stdnum.ua.edrpou,),
    "UY": (stdnum.uy.rut,),
    "VE": (stdnum.ve.rif,),
    "VN": (stdnum.vn.mst,),
}


def person_number_holds(number: str, issuer: str) -> bool | None:
    """Tell whether the check digit of a person's national number holds; None where there is none to prove."""
    return _is_valid(number, _PERSONS.get(issuer, ()))


def company_number_holds(number: str, issuer: str) -> bool | None:
    """Tell the same of a company's number in the registers of ``issuer``."""
    return _is_valid(number, _COMPANIES.get(issuer, ()))


def lei_holds(number: str) -> bool:
    """Tell whether 20 letters and digits are a legal entity identifier (ISO 17442, ISO/IEC 7064 MOD 97-10)."""
    return _is_valid(number, (stdnum.lei,)) is True


def checked_states() -> tuple[frozenset[str], frozenset[str]]:
    """Return the states whose numbers of persons, and of companies, can be proved."""
    return frozenset(_PERSONS), frozenset(_COMPANIES)


def _is_valid(number: str, schemes: tuple[ModuleType, ...]) -> bool | None:
    failed = False
    for scheme in schemes:
        try:
            scheme.validate(number)
        except InvalidChecksum:
            failed = True
        except ValidationError:
            continue
        else:
            return True
    return False if failed else None
