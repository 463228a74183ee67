import { futureOfConid } from './futures-contracts.ts';
import { INSTRUMENTS, type Instrument } from './instruments.ts';
import { optionOfConid } from './option-contracts.ts';

const byConid = new Map(INSTRUMENTS.map((instrument) => [instrument.conid, instrument]));
const derivatives = new Map<number, Instrument>();
/** SPY, which moves with the S&P 500 index. */
const INDEX_FUND = 756733;

/** The instrument of a conid, derivatives included. */
export function instrumentOf(conid: number): Instrument | undefined {
  const listed = byConid.get(conid) ?? derivatives.get(conid);
  if (listed) return listed;
  const derivative =
    optionOfConid(conid, (underlying) => byConid.get(underlying)) ??
    futureOfConid(conid, byConid.get(INDEX_FUND));
  if (derivative) derivatives.set(conid, derivative);
  return derivative;
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
