import { INSTRUMENTS, type Instrument } from './instruments.ts';
import { optionOfConid } from './option-contracts.ts';

const byConid = new Map(INSTRUMENTS.map((instrument) => [instrument.conid, instrument]));
const options = new Map<number, Instrument>();

/** The instrument of a conid, options included. */
export function instrumentOf(conid: number): Instrument | undefined {
  const listed = byConid.get(conid) ?? options.get(conid);
  if (listed) return listed;
  const option = optionOfConid(conid, (underlying) => byConid.get(underlying));
  if (option) options.set(conid, option);
  return option;
}

/** Stock listings of a symbol, as typed (`aapl` finds `AAPL`). */
export function stocksOf(symbol: string): Instrument[] {
  const wanted = symbol.trim().toUpperCase();
  return INSTRUMENTS.filter((instrument) => instrument.assetClass === 'STK' && instrument.symbol === wanted);
}

export function stocksNamed(words: string): Instrument[] {
  const wanted = words.trim().toUpperCase();
  return INSTRUMENTS.filter(
    (instrument) => instrument.assetClass === 'STK' && instrument.name.includes(wanted),
  );
}

export function currencyPairs(): Instrument[] {
  return INSTRUMENTS.filter((instrument) => instrument.assetClass === 'CASH');
}
