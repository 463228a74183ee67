/** How tools take the stretch of time a history covers. */
import { z } from 'zod';
import type { HistoryRequest } from '../../broker/market/history.ts';
import { flag, instrumentInput } from '../arguments.ts';

/** `1m` is a month and `1min` a minute, so the case of these is kept. */
function duration(example: string) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.trim() : value),
    z
      .string()
      .max(8)
      .regex(/^\d{1,4}(min|h|d|w|m|y)$/, `a number and a unit, such as ${example}`),
  );
}

export const historyArguments = instrumentInput({
  period: duration('5d').default('1m').describe('How far back: 1d, 1w, 1m (month), 6m, 1y, 5y. Default 1m.'),
  bar: duration('1h')
    .optional()
    .describe(
      'Length of one bar: 1min, 5min, 1h, 1d, 1w, 1m (month). IBKR’s default for the period otherwise.',
    ),
  outside_rth: flag().default(false).describe('Include trading outside regular hours. Default false.'),
});

/** The request for IBKR that the arguments mean. */
export function historyRequest(args: z.output<typeof historyArguments>, conid: number): HistoryRequest {
  return {
    conid,
    period: args.period,
    ...(args.bar === undefined ? {} : { bar: args.bar }),
    outsideRth: args.outside_rth,
  };
}
