import { z } from 'zod';
import { getPerformance } from '../../broker/accounts/performance.ts';
import { tableOf } from '../../contract/table.ts';
import { performanceOutput } from '../../contract/tool-outputs/portfolio.ts';
import { rounded } from '../../text/decimals.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { tableBudget, tokensIn } from '../answer-size.ts';
import { accountArgument, code, flag } from '../arguments.ts';
import { toSnakeCase } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';

const PERIODS = ['ALL', '1D', '7D', 'MTD', '1M', 'YTD', '1Y'] as const;

export const getPerformanceTool = defineTool({
  name: 'get_performance',
  title: 'Performance',
  description:
    'Time-weighted return of an account, without deposits and withdrawals, and its value at both ends of a period. Each period ends with the last finished day, 1D too: today is in get_pnl.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    period: code(PERIODS).default('ALL'),
    series: flag().default(false).describe('Also each day or month.'),
    ...accountArgument,
  }),
  output: performanceOutput,
  async run(args, context) {
    const { accountId } = await accountForRead(context, args.account_id);
    const { unread, ...found } = await getPerformance(context.ibkr, accountId);
    const { periods, ...rest } = toSnakeCase(found);
    const asked = periods.filter(({ period }) => args.period === 'ALL' || period === args.period);
    return {
      ...rest,
      periods: asked.map(({ series, ...one }) => ({
        ...one,
        return_percent: shownPercent(one.return_percent),
        ...(args.series ? { series: seriesTable(series, tableBudget(context) / asked.length) } : {}),
      })),
      ...shownUnread(unread),
    };
  },
});

interface Point {
  date: string;
  net_asset_value: number | null;
  cumulative_return_percent: number | null;
}

/** Every day if there is room for it, else every second one, or fewer: a curve is told by points at even distances. */
function seriesTable(points: readonly Point[], budget: number) {
  const rows = points.map((point) => ({
    ...point,
    cumulative_return_percent: shownPercent(point.cumulative_return_percent),
  }));
  const whole = tableOf<Point>(['date', 'net_asset_value', 'cumulative_return_percent'], rows);
  const step = Math.max(1, Math.ceil(tokensIn(JSON.stringify(whole.rows)) / budget));
  // Counted from the last one, which is what the account is worth now.
  return { ...whole, rows: whole.rows.filter((_, index) => (whole.rows.length - 1 - index) % step === 0) };
}

function shownPercent(percent: number | null): number | null {
  return percent === null ? null : rounded(percent, 2);
}
