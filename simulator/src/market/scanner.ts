import { INSTRUMENTS, type Instrument, isUsListing } from '../contracts/instruments.ts';
import { type Answer, badRequest, failureAnswer, ok, Refusal } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import { dividendYield } from './dividends.ts';
import type { Market } from './market.ts';

const MAX_ROWS = 50;
const MAX_HMDS_ROWS = 250;

interface Candidate {
  readonly instrument: Instrument;
  readonly last: number;
  readonly changePercent: number;
  readonly volume: number;
}

interface Scan {
  readonly name: string;
  readonly column: string;
  /** Larger comes first. */
  readonly rank: (candidate: Candidate) => number;
  readonly text: (candidate: Candidate) => string;
}

const percent = ({ changePercent }: Candidate) =>
  `${changePercent > 0 ? '+' : ''}${changePercent.toFixed(2)}%`;
const shares = ({ volume }: Candidate) => `${(volume / 1_000_000).toFixed(2)}M`;

const SCANS: Readonly<Record<string, Scan>> = {
  TOP_PERC_GAIN: {
    name: 'Top % Gainers',
    column: 'Chg%',
    rank: ({ changePercent }) => changePercent,
    text: percent,
  },
  TOP_PERC_LOSE: {
    name: 'Top % Losers',
    column: 'Chg%',
    rank: ({ changePercent }) => -changePercent,
    text: percent,
  },
  MOST_ACTIVE: { name: 'Most Active', column: 'Volume', rank: ({ volume }) => volume, text: shares },
  HOT_BY_VOLUME: {
    name: 'Hot by Volume',
    column: 'Volume',
    rank: ({ volume, instrument }) => volume / Math.max(1, instrument.dailyVolume),
    text: shares,
  },
  HIGH_DIVIDEND_YIELD_IB: {
    name: 'High Dividend Yield IB',
    column: 'Yield%',
    rank: ({ instrument }) => dividendYield(instrument),
    text: ({ instrument }) => `${(dividendYield(instrument) * 100).toFixed(2)}%`,
  },
  HIGH_OPT_IMP_VOLAT: {
    name: 'High Opt Imp Vol',
    column: 'Imp Vol',
    rank: ({ instrument }) => instrument.volatility,
    text: ({ instrument }) => `${(instrument.volatility * 100).toFixed(2)}%`,
  },
  MOST_ACTIVE_USD: {
    name: 'Most Active ($)',
    column: 'Value',
    rank: ({ volume, last }) => volume * last,
    text: ({ volume, last }) => `${((volume * last) / 1_000_000).toFixed(0)}M`,
  },
};

/** Filters by code, given the candidate and the filter's value. */
const FILTERS: Readonly<
  Record<string, { name: string; passes: (candidate: Candidate, value: number) => boolean }>
> = {
  priceAbove: { name: 'Price Greater Than', passes: ({ last }, value) => last > value },
  priceBelow: { name: 'Price Less Than', passes: ({ last }, value) => last < value },
  changePercAbove: { name: 'Change % Above', passes: ({ changePercent }, value) => changePercent > value },
  changePercBelow: { name: 'Change % Below', passes: ({ changePercent }, value) => changePercent < value },
  volumeAbove: { name: 'Volume Above', passes: ({ volume }, value) => volume > value },
};

const INSTRUMENT_TYPES: Readonly<
  Record<string, { name: string; holds: (instrument: Instrument) => boolean }>
> = {
  STK: { name: 'US Stocks', holds: (instrument) => isUsListing(instrument) && !instrument.isEtf },
  'ETF.EQ.US': { name: 'US Equity ETFs', holds: (instrument) => isUsListing(instrument) && instrument.isEtf },
};

function parameters(): Answer {
  const types = Object.keys(INSTRUMENT_TYPES);
  const filters = Object.keys(FILTERS);
  return ok({
    scan_type_list: Object.entries(SCANS).map(([code, { name }]) => ({
      display_name: name,
      code,
      instruments: types,
    })),
    instrument_list: Object.entries(INSTRUMENT_TYPES).map(([type, { name }]) => ({
      display_name: name,
      type,
      filters,
    })),
    filter_list: Object.entries(FILTERS).map(([code, { name }]) => ({
      group: code.startsWith('price') ? 'Price' : code,
      display_name: name,
      code,
      type: 'range',
    })),
    location_tree: [
      {
        display_name: 'US Stocks',
        type: 'STK.US',
        locations: [{ display_name: 'US Major', type: 'STK.US.MAJOR', locations: null }],
      },
      {
        display_name: 'US ETFs',
        type: 'ETF.EQ.US',
        locations: [{ display_name: 'US Major', type: 'ETF.EQ.US.MAJOR', locations: null }],
      },
    ],
  });
}

function candidates(market: Market, type: string, now: number): Candidate[] {
  const { holds } = INSTRUMENT_TYPES[type] ?? {};
  if (!holds) throw failureAnswer(500, `unknown instrument type ${type}`);
  return INSTRUMENTS.filter(holds).map((instrument) => {
    const last = market.last(instrument, now);
    const session = market.hours.latestSession(instrument.exchange, now);
    const { volume } = market.sessionRange(instrument, session, now);
    return { instrument, last, changePercent: (last / market.priorClose(instrument, now) - 1) * 100, volume };
  });
}

interface ScanRequest {
  readonly instrument: string;
  readonly type: string;
  readonly filters: readonly unknown[];
}

function scan(
  { market, now }: BrokerageCall,
  { instrument, type, filters }: ScanRequest,
): [Scan, Candidate[]] {
  const chosen = SCANS[type];
  if (!chosen) throw failureAnswer(500, `unknown scan type ${type}`);
  const tests = filters.map((entry) => {
    const { code, value } = objectBody(entry);
    const filter = FILTERS[textOf(code) ?? ''];
    const limit = numberOf(value);
    if (!filter || limit === undefined) throw failureAnswer(500, `unknown filter ${textOf(code) ?? ''}`);
    return (candidate: Candidate) => filter.passes(candidate, limit);
  });
  const found = candidates(market, instrument, now)
    .filter((candidate) => tests.every((passes) => passes(candidate)))
    .toSorted((a, b) => chosen.rank(b) - chosen.rank(a));
  return [chosen, found];
}

function run(call: BrokerageCall): Answer {
  const { instrument, type, filter } = objectBody(call.body);
  if (!textOf(instrument) || !textOf(type)) throw badRequest('instrument and type are required');
  const [chosen, found] = scan(call, {
    instrument: textOf(instrument) ?? '',
    type: textOf(type) ?? '',
    filters: Array.isArray(filter) ? filter : [],
  });
  const contracts = found.slice(0, MAX_ROWS).map((candidate, i) => ({
    server_id: String(i),
    ...(i === 0 ? { column_name: chosen.column } : {}),
    symbol: candidate.instrument.symbol,
    conidex: String(candidate.instrument.conid),
    con_id: candidate.instrument.conid,
    available_chart_periods: '#R|1',
    company_name: candidate.instrument.name,
    scan_data: chosen.text(candidate),
    contract_description_1: candidate.instrument.symbol,
    listing_exchange:
      candidate.instrument.exchange === 'NASDAQ' ? 'NASDAQ.NMS' : candidate.instrument.exchange,
    sec_type: 'STK',
  }));
  return ok({ contracts, scan_data_column_name: chosen.column });
}

/** The historical data service answers 404 until it has been opened. */
function openHistoricalData({ brokerage }: BrokerageCall): Answer {
  brokerage.hasHistoricalData = true;
  return ok({ authenticated: true, competing: false, connected: true });
}

function historicalScan(call: BrokerageCall): Answer {
  if (!call.brokerage.hasHistoricalData)
    throw new Refusal({ status: 404, body: { error: 'Resource not found' } });
  const { instrument, scanCode, maxItems } = objectBody(call.body);
  const [, found] = scan(call, {
    instrument: textOf(instrument) ?? 'STK',
    type: textOf(scanCode) ?? '',
    filters: [],
  });
  const iso = new Date(call.now).toISOString();
  const scanTime = `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`;
  const shown = found.slice(0, Math.min(numberOf(maxItems) ?? MAX_HMDS_ROWS, MAX_HMDS_ROWS));
  return ok({
    total: String(found.length),
    size: String(shown.length),
    offset: '0',
    scanTime,
    id: 'scanner1',
    Contracts: {
      Contract: shown.map((candidate) => ({
        inScanTime: scanTime,
        contractID: String(candidate.instrument.conid),
      })),
    },
  });
}

export const scannerRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/scanner/params', needs: 'brokerage', handle: parameters },
  { method: 'POST', path: '/iserver/scanner/run', needs: 'brokerage', handle: run },
  { method: 'POST', path: '/hmds/auth/init', needs: 'brokerage', handle: openHistoricalData },
  { method: 'POST', path: '/hmds/scanner', needs: 'brokerage', handle: historicalScan },
];
