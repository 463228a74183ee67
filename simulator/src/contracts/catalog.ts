import { futureOfConid } from './futures-contracts.ts';
import { INSTRUMENTS, type Instrument } from './instruments.ts';
import { optionOfConid } from './option-contracts.ts';

const byConid = new Map(INSTRUMENTS.map((instrument) => [instrument.conid, instrument]));
const derivatives = new Map<number, Instrument>();

/** The instrument of a conid, derivatives included. */
export function instrumentOf(conid: number): Instrument | undefined {
  const listed = byConid.get(conid) ?? derivatives.get(conid);
  if (listed) return listed;
  const derivative = optionOfConid(conid, (underlying) => byConid.get(underlying)) ?? futureOfConid(conid);
  if (derivative) derivatives.set(conid, derivative);
  return derivative;
}

/** Stock listings and indices of a symbol, as typed (`aapl` finds `AAPL`). */
export function instrumentsWithSymbol(symbol: string): Instrument[] {
  const wanted = symbol.trim().toUpperCase();
  return INSTRUMENTS.filter((instrument) => instrument.symbol === wanted && isSearched(instrument));
}

export function instrumentsNamed(words: string): Instrument[] {
  const wanted = words.trim().toUpperCase();
  return INSTRUMENTS.filter(
    (instrument) => instrument.name.replaceAll('&amp;', '&').includes(wanted) && isSearched(instrument),
  );
}

function isSearched({ assetClass }: Instrument): boolean {
  return assetClass === 'STK' || assetClass === 'IND';
}

export function stocksOf(symbol: string): Instrument[] {
  return instrumentsWithSymbol(symbol).filter(({ assetClass }) => assetClass === 'STK');
}

export function currencyPairs(): Instrument[] {
  return INSTRUMENTS.filter((instrument) => instrument.assetClass === 'CASH');
}
