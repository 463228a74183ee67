/** How tools say which instrument an answer is about, so that it can be told from others of the same symbol. */

import type { z } from 'zod';
import { type Contract, contractWords } from '../../broker/contracts/contracts.ts';
import type { Derivative } from '../../broker/contracts/derivative.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { otherMeaningNote } from '../../connections/instrument-words.ts';
import type { derivativeOutput, instrumentOutput } from '../../contract/tool-outputs/parts.ts';
import { derivativeTerms } from './instrument.ts';

function shownDerivative(derivative: Derivative): NonNullable<z.output<typeof derivativeOutput>> {
  const { expiry, strike, right, multiplier, tradingClass, underlyingConid } = derivative;
  return {
    expiry,
    strike,
    right,
    multiplier,
    ...(tradingClass === undefined ? {} : { trading_class: tradingClass }),
    underlying_conid: underlyingConid,
  };
}

type ShownInstrument = z.output<z.ZodObject<typeof instrumentOutput>>;

/** Which instrument it is; of an option or future in words, too, and what else its symbol may mean. */
export async function shownInstrument(context: ToolContext, contract: Contract): Promise<ShownInstrument> {
  const { derivative: _, ...shown } = await shownWithTerms(context, contract);
  return shown;
}

/** `shownInstrument`, with the terms of a derivative. */
export async function shownWithTerms(
  context: ToolContext,
  contract: Contract,
): Promise<ShownInstrument & { derivative?: z.output<typeof derivativeOutput> }> {
  const { conid, symbol, name, exchange, secType } = contract;
  const common = {
    ...{ conid, symbol, name, exchange, security_type: secType },
    ...otherMeaningNote(contract),
  };
  if (contract.derivative === null) return common;
  const derivative = await derivativeTerms(context, conid, contract.derivative);
  return {
    ...common,
    description: contractWords({ ...contract, derivative }),
    derivative: shownDerivative(derivative),
  };
}
