/**
 * Listing exchanges: IBKR's names for them, and what people, data vendors, ISO 10383 (MIC) and other answers of IBKR
 * call them. IBKR's names are those of its `listingExchange`, such as `IBIS` for Xetra.
 */

interface Venue {
  /** Where a symbol that names this venue may be listed. */
  listings: readonly string[];
  /** Further names; letters and digits count, blanks and dots do not. */
  names: string;
  /** Endings of tickers as Yahoo and Reuters write them, without the dot: the `L` of `VOD.L`. */
  endings: string;
  /** Bloomberg's codes, as in `VOD LN`. */
  bloomberg: string;
}

const US_LISTINGS = ['NASDAQ', 'NYSE', 'ARCA', 'AMEX', 'BATS', 'IEX', 'PINK'];

function venue(listings: string, names: string, endings = '', bloomberg = ''): Venue {
  return { listings: listings.split(' '), names, endings, bloomberg };
}

const VENUES: readonly Venue[] = [
  venue(
    'NASDAQ',
    'NASDAQ.NMS NASDAQ.SCM NASDAQ.GS NASDAQ.GM NASDAQ.CM NASDAQ.GLOBAL.SELECT NASDAQ.GLOBAL.MARKET NASDAQ.CAPITAL.MARKET NMS NSQ NGS NGM NCM SCM NAS NSDQ ISLAND XNAS XNGS XNMS XNCM',
    'O OQ',
    'UW UQ UR',
  ),
  venue('NYSE', 'XNYS NYS NYQ NEW.YORK NEW.YORK.STOCK.EXCHANGE', 'N', 'UN'),
  venue('ARCA', 'NYSE.ARCA ARCX ARCAEDGE PCX', '', 'UP'),
  venue('AMEX', 'NYSE.AMERICAN NYSE.MKT XASE ASE', '', 'UA'),
  venue('BATS', 'BZX CBOE.BZX BATS.BZX XBZX', '', 'UF'),
  venue('IEX', 'IEXG'),
  venue('PINK', 'OTC OTC.MARKETS OTCMKTS PNK PINX XOTC OOTC OTCQB OTCQX OTCBB', '', 'UV'),
  { listings: US_LISTINGS, names: 'US USA', endings: 'US', bloomberg: 'US' },
  venue('LSE LSEETF', 'LON XLON LONDON LONDON.STOCK.EXCHANGE AIM', 'L', 'LN'),
  venue('LSEIOB1', 'IOB', 'IL', 'LI'),
  venue('IBIS IBIS2', 'XETRA XETR XET ETR GER XETRA.ETF', 'DE', 'GY GR'),
  venue('FWB FWB2', 'XFRA FRA FRANKFURT', 'F', 'GF'),
  venue('SWB SWB2', 'XSTU STU STUTTGART', 'SG', 'GS'),
  venue('TGATE', 'TRADEGATE XGAT', '', 'TH'),
  venue('GETTEX GETTEX2', 'XMUN MUNICH', '', 'GM'),
  venue('SBF', 'XPAR EPA PAR PARIS EURONEXT.PARIS', 'PA', 'FP'),
  venue('AEB', 'XAMS AMS AMSTERDAM EURONEXT.AMSTERDAM', 'AS', 'NA'),
  venue('ENEXT.BE', 'XBRU EBR BRU BRUSSELS EURONEXT.BRUSSELS', 'BR', 'BB'),
  venue('BVL', 'XLIS ELI LIS LISBON EURONEXT.LISBON', 'LS', 'PL'),
  venue('ISED', 'XDUB DUBLIN EURONEXT.DUBLIN', 'IR', 'ID'),
  venue('SBF AEB ENEXT.BE BVL ISED', 'EURONEXT'),
  venue('BVME BVME.ETF', 'XMIL MIL BIT MILAN BORSA.ITALIANA MTA ETFP', 'MI', 'IM'),
  venue('BM', 'XMAD BME MCE MADRID', 'MC', 'SM'),
  venue('EBS VIRTX', 'XSWX SWX SIX XVTX VTX ZURICH', 'SW S VX', 'SW VX SE'),
  venue('VSE', 'XWBO WBAG VIE VIENNA', 'VI', 'AV'),
  venue('SFB', 'XSTO STO STOCKHOLM OMXSTO', 'ST', 'SS'),
  venue('CPH', 'XCSE COPENHAGEN OMXCOP', 'CO', 'DC'),
  venue('HEX', 'XHEL HEL HELSINKI OMXHEX', 'HE', 'FH'),
  venue('OSE', 'XOSL OSL OSLO', 'OL', 'NO'),
  venue('WSE', 'XWAR GPW WARSAW', 'WA', 'PW'),
  venue('PRA', 'XPRA PSE.PRAGUE PRAGUE', 'PR', 'CP'),
  venue('BUX', 'XBUD BUD BUDAPEST', 'BD', 'HB'),
  venue('TSE', 'TSX XTSE TOR TORONTO', 'TO', 'CN CT'),
  venue('VENTURE', 'TSXV TSX.VENTURE XTSX CVE', 'V', 'CV'),
  venue('AEQLIT NEOE AEQNEO', 'NEO XNEO CBOE.CANADA', 'NE', 'QF'),
  venue('TSEJ', 'XTKS TYO TOKYO JPX', 'T', 'JP JT'),
  venue('SEHK', 'XHKG HKEX HKG HKSE HONG.KONG', 'HK', 'HK'),
  venue('SEHKNTL', 'XSHG SHA SSE SHH SHSE SHANGHAI', 'SS SH', 'CG'),
  venue('SEHKSZSE CHINEXT', 'XSHE SHE SZSE SHZ SHENZHEN', 'SZ', 'CS'),
  venue('ASX', 'XASX SYDNEY', 'AX', 'AU AT'),
  venue('SGX', 'XSES SES SINGAPORE', 'SI', 'SP'),
  venue('NSE', 'XNSE NSI', 'NS', 'IS'),
  venue('MEXI', 'XMEX BMV MEX MEXICO', 'MX', 'MM'),
  venue('TASE', 'XTAE TLV TEL.AVIV', 'TA', 'IT'),
  venue('IDEALPRO', 'IDEAL FOREX FX FXCONV'),
  venue('CBOE', 'XCBO INDEXCBOE'),
  venue('CME', 'GLOBEX XCME CME.MINI'),
  venue('CBOT', 'ECBOT XCBT CBOT.MINI'),
  venue('NYMEX', 'XNYM NYM'),
  venue('COMEX', 'XCEC CMX'),
  venue('CFE', 'XCBF'),
  venue('EUREX', 'DTB XEUR'),
  venue('OSE.JPN', 'XOSE OSAKA'),
];

/** Not a place: IBKR's router, which every stock and option has. */
const NO_EXCHANGE = new Set(['SMART', 'BEST']);

function bare(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}

function tableOf(wordsOf: (venue: Venue) => readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    VENUES.flatMap((one) =>
      wordsOf(one)
        .filter(Boolean)
        .map((word): [string, readonly string[]] => [word, one.listings]),
    ),
  );
}

/** IBKR's own names come last, so that none of them is taken for a name that somebody else uses. */
const BY_NAME = new Map([
  ...tableOf(({ names }) => names.split(' ').map(bare)),
  ...tableOf(({ listings }) => (listings === US_LISTINGS || listings.length > 2 ? [] : listings.map(bare))),
]);
const BY_ENDING = tableOf(({ endings }) => endings.split(' '));
const BY_BLOOMBERG = tableOf(({ bloomberg }) => bloomberg.split(' '));

/**
 * The listing exchanges, by IBKR's names, that somebody means by the name of one; null for `SMART`, which is none. A
 * name that is not known here stands for itself.
 */
export function exchangesMeant(name: string): readonly string[] | null {
  const written = bare(name);
  if (NO_EXCHANGE.has(written)) return null;
  return BY_NAME.get(written) ?? [name.trim().toUpperCase()];
}

/** Whether a listing in the United States, wherever there, is meant. */
export function isUnitedStates(exchanges: readonly string[]): boolean {
  return exchanges === US_LISTINGS;
}

/** Whether a listing exchange is one of those, under whatever name an answer of IBKR has it (`NASDAQ.NMS`). */
export function isOneOf(listing: string | null, exchanges: readonly string[]): boolean {
  if (listing === null) return false;
  const known = BY_NAME.get(bare(listing)) ?? [listing.toUpperCase()];
  return known.some((one) => exchanges.includes(one));
}

/** What the ending of a ticker says (`L` of `VOD.L`): listing exchanges; null for none that is known. */
export function exchangesOfEnding(ending: string): readonly string[] | null {
  return BY_ENDING.get(ending) ?? null;
}

/** As `exchangesMeant`, for a name that has to be known here; null for others. */
export function exchangesKnown(name: string): readonly string[] | null {
  return BY_NAME.get(bare(name)) ?? null;
}

/** What a Bloomberg code says (`LN` of `VOD LN`): listing exchanges; null for none that is known. */
export function exchangesOfBloombergCode(code: string): readonly string[] | null {
  return BY_BLOOMBERG.get(code) ?? null;
}

/**
 * What stands before the colon of `LSE:VOD`. It is not always IBKR's name of an exchange: `TSE` is Toronto for some
 * and Tokyo for others, which the ticker tells apart, and `AMEX` has the funds of Arca, too.
 */
export function exchangesOfPrefix(prefix: string, ticker: string): readonly string[] | null {
  if (bare(prefix) === 'TSE') return /^\d/.test(ticker) ? ['TSEJ'] : ['TSE'];
  if (bare(prefix) === 'AMEX') return ['AMEX', 'ARCA', 'BATS'];
  return exchangesMeant(prefix);
}
