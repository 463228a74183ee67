import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { BrokerageCall, Call, Route } from '../http/router.ts';
import { tickSize } from '../market/market.ts';
import { instrumentOf, instrumentsNamed, instrumentsWithSymbol, stocksOf } from './catalog.ts';
import { listedFutures } from './futures-contracts.ts';
import {
  CFD_CONIDS,
  INSTRUMENTS,
  type Instrument,
  isUsListing,
  OPTION_UNDERLYINGS,
  SPX_INDEX,
} from './instruments.ts';
import { describeOption, listedExpirations, optionMonth } from './option-contracts.ts';

const MAX_SECDEF_CONIDS = 200;
const OPTION_EXCHANGES = 'SMART;AMEX;CBOE;CBOE2;ISE;PHLX';

/** Country of a listing exchange. */
const COUNTRIES: Readonly<Record<string, string>> = {
  ...{ IBIS: 'DE', AEB: 'NL', SBF: 'FR', EBS: 'CH', LSE: 'GB', LSEETF: 'GB', MEXI: 'MX', TSE: 'CA' },
  ...{ ASX: 'AU', SEHK: 'HK', TSEJ: 'JP', CBOE: 'US' },
};

const CHINESE_NAMES: Readonly<Record<string, string>> = {
  'APPLE INC': '&#x82F9;&#x679C;&#x516C;&#x53F8;',
  'TENCENT HOLDINGS LTD': '&#x817E;&#x8BAF;&#x63A7;&#x80A1;',
};

/** The instrument of a conid given as text. @throws {Refusal} 400 when there is none. */
export function requireInstrument(conid: unknown): Instrument {
  const number = numberOf(conid);
  const instrument = number === undefined ? undefined : instrumentOf(number);
  if (!instrument) throw badRequest(`conid is not valid: ${textOf(conid) ?? ''}`);
  return instrument;
}

export function tradingClass(instrument: Instrument): string {
  if (instrument.option?.tradingClass !== undefined) return instrument.option.tradingClass;
  if (instrument.exchange === 'NASDAQ' && !instrument.isEtf && !instrument.option) return 'NMS';
  return instrument.symbol;
}

export function validExchanges(instrument: Instrument): string[] {
  if (instrument.assetClass === 'CASH') return ['IDEALPRO'];
  if (instrument.option) return optionExchanges(instrument).split(';');
  if (instrument.assetClass === 'IND') return [instrument.exchange];
  if (instrument.future) return [instrument.exchange];
  if (!isUsListing(instrument)) return ['SMART', instrument.exchange];
  return [
    'SMART',
    'AMEX',
    'NYSE',
    'CBOE',
    'PHLX',
    'ISE',
    'CHX',
    'ARCA',
    'NASDAQ',
    'DRCTEDGE',
    'BEX',
    'BATS',
    'EDGEA',
    'IEX',
  ];
}

/** `AAPL JUN 18 '26 190 Call`, `ES DEC26`, `AAPL` */
export function contractName({ symbol, option, future }: Instrument): string {
  if (option) return `${symbol} ${describeOption(option)}`;
  return future ? `${symbol} ${optionMonth(future.expiry)}` : symbol;
}

/** Contract facts as `/trsrv/secdef` and warm position rows give them. */
export function securityDefinition(instrument: Instrument, now: number): Record<string, unknown> {
  const terms = instrument.option ?? instrument.future;
  return {
    conid: instrument.conid,
    currency: instrument.currency,
    time: now % 1000,
    chineseName: chineseName(instrument.name),
    allExchanges: validExchanges(instrument).join(','),
    listingExchange: instrument.option ? null : instrument.exchange,
    countryCode: isUsListing(instrument) || terms ? 'US' : (COUNTRIES[instrument.exchange] ?? null),
    name: instrument.name,
    assetClass: instrument.assetClass,
    expiry: terms?.expiry ?? null,
    lastTradingDay: terms?.expiry ?? null,
    group: instrument.isEtf || terms ? null : instrument.industry,
    putOrCall: instrument.option?.right ?? null,
    sector: instrument.isEtf || terms ? null : instrument.sector,
    sectorGroup: instrument.isEtf || terms ? null : instrument.industry,
    strike: String(instrument.option?.strike ?? 0),
    ticker: instrument.symbol,
    undConid: terms?.underlying ?? 0,
    multiplier: terms?.multiplier ?? 0,
    type: instrument.isEtf ? 'ETF' : terms ? '' : 'COMMON',
    hasOptions: OPTION_UNDERLYINGS.includes(instrument.conid),
    fullName: contractName(instrument),
    isUS: isUsListing(instrument) || terms !== undefined,
    isEventContract: false,
    incrementRules: [{ lowerEdge: 0, increment: tickSize(instrument) }],
    displayRule: { magnification: 0, displayRuleStep: [{ decimalDigits: 2, lowerEdge: 0, wholeDigits: 4 }] },
  };
}

/** Options on an index trade at its own exchange. */
function optionExchanges({ option, conid }: Instrument): string {
  return (option?.underlying ?? conid) === SPX_INDEX ? 'SMART;CBOE' : OPTION_EXCHANGES;
}

function searchSections(instrument: Instrument, now: number): Record<string, unknown>[] {
  const isIndex = instrument.assetClass === 'IND';
  const own = { secType: instrument.assetClass, exchange: `${instrument.exchange};` };
  if (!isIndex && !isUsListing(instrument)) return [own];
  const sections: Record<string, unknown>[] = [isIndex ? own : { secType: 'STK' }];
  if (OPTION_UNDERLYINGS.includes(instrument.conid)) {
    const months = [...new Set(listedExpirations(now).map(optionMonth))].join(';');
    sections.push({ secType: 'OPT', months, exchange: optionExchanges(instrument) });
  }
  const cfd = CFD_CONIDS[instrument.conid];
  if (cfd) sections.push({ secType: 'CFD', exchange: 'SMART', conid: cfd });
  return [...sections, { secType: 'BAG' }];
}

/** The order of hits is not by relevance: for funds a foreign listing may come before the US one. */
function searchOrder(instruments: readonly Instrument[]): Instrument[] {
  return instruments.toSorted((a, b) => {
    const rank = (instrument: Instrument) => (isUsListing(instrument) === instrument.isEtf ? 1 : 0);
    return rank(a) - rank(b) || a.conid - b.conid;
  });
}

function search(call: BrokerageCall, terms: { symbol: unknown; name: unknown; secType: unknown }): Answer {
  const symbol = textOf(terms.symbol);
  if (symbol === undefined) throw badRequest('symbol is required');
  const isName = String(terms.name).toLowerCase() === 'true';
  const secType = textOf(terms.secType);
  const found = (isName ? instrumentsNamed(symbol) : instrumentsWithSymbol(symbol)).filter(
    ({ assetClass }) => secType === undefined || assetClass === secType,
  );
  if (found.length === 0) return ok({ error: 'No symbol found' });
  const rows = searchOrder(found).map((instrument) => {
    if (!isName) call.brokerage.searched.add(instrument.conid);
    return {
      conid: String(instrument.conid),
      companyHeader: `${instrument.name} - ${instrument.exchange}`,
      companyName: instrument.name,
      symbol: instrument.symbol,
      description: instrument.exchange,
      restricted: instrument.assetClass === 'IND' ? 'IND' : null,
      ...(isName ? {} : { sections: searchSections(instrument, call.now) }),
    };
  });
  return ok(rows);
}

function searchByQuery(call: BrokerageCall): Answer {
  const { query } = call;
  return search(call, {
    symbol: query.get('symbol'),
    name: query.get('name'),
    secType: query.get('secType'),
  });
}

function searchByBody(call: BrokerageCall): Answer {
  const { symbol, name, secType } = objectBody(call.body);
  return search(call, { symbol, name, secType });
}

/** Escaped as in HTML; where there is no other name, the usual one. */
function chineseName(name: string): string {
  return CHINESE_NAMES[name] ?? name;
}

/** Listings by symbol, one entry per company name, the order as in IBKR's data and not by importance. */
function stocks({ query }: Call): Answer {
  const symbols = query.get('symbols');
  if (!symbols) throw badRequest('symbols is required');
  const answer: Record<string, unknown> = {};
  for (const symbol of symbols.split(',')) {
    const byName = new Map<string, Instrument[]>();
    for (const instrument of stocksOf(symbol)) {
      byName.set(instrument.name, [...(byName.get(instrument.name) ?? []), instrument]);
    }
    answer[symbol] = [...byName].map(([name, listings]) => ({
      name,
      chineseName: chineseName(name),
      assetClass: 'STK',
      contracts: listings.map((listing) => ({
        conid: listing.conid,
        exchange: listing.exchange,
        isUS: isUsListing(listing),
      })),
    }));
  }
  return ok(answer);
}

function securityDefinitions({ query, now }: Call): Answer {
  const conids = query.get('conids')?.split(',') ?? [];
  if (conids.length === 0) throw badRequest('conids is required');
  if (conids.length > MAX_SECDEF_CONIDS) throw failureAnswer(500, `at most ${MAX_SECDEF_CONIDS} conids`);
  const found = conids
    .map((conid) => instrumentOf(Number(conid)))
    .filter((instrument) => instrument !== undefined);
  return ok({ secdef: found.map((instrument) => securityDefinition(instrument, now)) });
}

/** Contract details in snake_case. */
export function contractInfo(instrument: Instrument): Record<string, unknown> {
  const { option, future } = instrument;
  const terms = option ?? future;
  const isRoutedByIbkr = instrument.assetClass !== 'CASH' && instrument.assetClass !== 'IND' && !future;
  return {
    cfi_code: '',
    symbol: instrument.baseCurrency ?? instrument.symbol,
    cusip: null,
    expiry_full: terms?.expiry ?? null,
    con_id: instrument.conid,
    maturity_date: terms?.expiry ?? null,
    industry: instrument.industry,
    instrument_type: instrument.assetClass,
    has_related_contracts: OPTION_UNDERLYINGS.includes(instrument.conid),
    trading_class: tradingClass(instrument),
    valid_exchanges: validExchanges(instrument).join(','),
    allow_sell_long: false,
    is_zero_commission_security: false,
    local_symbol: instrument.symbol,
    contract_clarification_type: null,
    classifier: null,
    currency: instrument.currency,
    text: option ? describeOption(option) : null,
    underlying_con_id: terms?.underlying ?? 0,
    r_t_h: true,
    multiplier: terms ? String(terms.multiplier) : null,
    underlying_issuer: null,
    contract_month: terms?.expiry.slice(0, 6) ?? null,
    company_name: instrument.name,
    smart_available: isRoutedByIbkr,
    exchange: isRoutedByIbkr ? 'SMART' : instrument.exchange,
    category: instrument.industry,
  };
}

function info({ params }: BrokerageCall): Answer {
  return ok(contractInfo(requireInstrument(params.conid)));
}

function allConids({ query }: Call): Answer {
  const exchange = query.get('exchange');
  if (!exchange) throw badRequest('exchange is required');
  const listed = INSTRUMENTS.filter(
    (instrument) => instrument.exchange === exchange && instrument.assetClass === 'STK',
  );
  const shortName = exchange === 'NASDAQ' ? 'NMS' : exchange;
  return ok(listed.map(({ symbol, conid }) => ({ ticker: symbol, conid, exchange: shortName })));
}

function futures({ query, now }: Call): Answer {
  const symbols = query.get('symbols');
  if (!symbols) throw badRequest('symbols is required');
  const answer: Record<string, unknown> = {};
  for (const symbol of symbols.split(',')) {
    const listed = listedFutures(now).filter((future) => future.symbol === symbol);
    answer[symbol] = listed.map(({ expiry, ...future }) => ({
      ...future,
      expirationDate: Number(expiry),
      ltd: Number(expiry),
      shortFuturesCutOff: Number(expiry),
      longFuturesCutOff: Number(expiry),
    }));
  }
  return ok(answer);
}

export const contractRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/secdef/search', needs: 'brokerage', handle: searchByQuery },
  { method: 'POST', path: '/iserver/secdef/search', needs: 'brokerage', handle: searchByBody },
  { method: 'GET', path: '/iserver/contract/:conid/info', needs: 'brokerage', handle: info },
  { method: 'GET', path: '/trsrv/stocks', needs: 'login', handle: stocks },
  { method: 'GET', path: '/trsrv/secdef', needs: 'login', handle: securityDefinitions },
  { method: 'GET', path: '/trsrv/all-conids', needs: 'login', handle: allConids },
  { method: 'GET', path: '/trsrv/futures', needs: 'login', handle: futures },
];
