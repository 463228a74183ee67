import { type Answer, badRequest, ok } from '../http/answer.ts';
import type { Call, Route } from '../http/router.ts';
import { dateOfDay, type TradingSession, weekday, zoneOffset } from '../market/trading-hours.ts';
import type { Simulation } from '../simulation.ts';
import { instrumentOf, stocksOf } from './catalog.ts';
import { requireInstrument } from './contracts.ts';
import type { Instrument } from './instruments.ts';

const WEEK_MS = 7 * 86_400_000;
/** 2000-01-01 was a Saturday: dates from there on stand for any day of that name. */
const ANY_SATURDAY = 20_000_101;

function coming({ market }: Simulation, exchange: string, now: number): TradingSession[] {
  return market.hours.sessionsBetween(exchange, now, now + WEEK_MS);
}

/** `0930`, local; the end of a day that never closes is `2400`. */
function clockText(zone: string, time: number, isEnd: boolean): string {
  const text = new Date(time + zoneOffset(zone, time)).toISOString().slice(11, 16).replace(':', '');
  return isEnd && text === '0000' ? '2400' : text;
}

/** Hours by weekday for the coming week, in IBKR's older form. */
function securitySchedule({ query, simulation, now }: Call): Answer {
  const [assetClass, symbol, conid] = [query.get('assetClass'), query.get('symbol'), query.get('conid')];
  if (!assetClass || (symbol === null) === (conid === null)) {
    throw badRequest('assetClass and exactly one of symbol and conid are required');
  }
  if (query.get('exchange') === 'SMART') return ok([]);
  const wanted = query.get('exchange') ?? query.get('exchangeFilter');
  const listings = symbol === null ? [instrumentOf(Number(conid))] : stocksOf(symbol);
  const found = listings.filter(
    (listing) => listing !== undefined && (!wanted || listing.exchange === wanted),
  );
  return ok(found.map((instrument) => instrument && venueSchedule(instrument, simulation, now)));
}

function venueSchedule(instrument: Instrument, simulation: Simulation, now: number): Record<string, unknown> {
  const zone = simulation.market.hours.zone(instrument.exchange);
  const byWeekday = new Map(
    coming(simulation, instrument.exchange, now).map((session) => [weekday(session.day), session]),
  );
  const schedules = [6, 0, 1, 2, 3, 4, 5].map((dayOfWeek, i) => {
    const session = byWeekday.get(dayOfWeek);
    return {
      clearingCycleEndTime: '0000',
      tradingScheduleDate: String(ANY_SATURDAY + i),
      sessions: session
        ? [
            {
              openingTime: clockText(zone, session.open, false),
              closingTime: clockText(zone, session.close, true),
              prop: 'LIQUID',
            },
          ]
        : [],
      tradingtimes: session
        ? [
            {
              openingTime: clockText(zone, session.extendedOpen, false),
              closingTime: clockText(zone, session.extendedClose, true),
              cancelDayOrders: 'Y',
            },
          ]
        : [],
    };
  });
  return {
    id: `p${instrument.conid}`,
    tradeVenueId: `v${instrument.exchange}`,
    exchange: instrument.exchange,
    description: instrument.exchange,
    timezone: zone,
    schedules,
  };
}

/** Hours of the coming days in epoch seconds. */
function tradingSchedule({ query, simulation, now }: Call): Answer {
  const instrument = requireInstrument(query.get('conid'));
  const schedules = coming(simulation, instrument.exchange, now).map((session) => [
    dateOfDay(session.day),
    {
      liquid_hours: [{ opening: session.open / 1000, closing: session.close / 1000 }],
      extended_hours: [
        {
          opening: session.extendedOpen / 1000,
          closing: session.extendedClose / 1000,
          cancel_daily_orders: true,
        },
      ],
    },
  ]);
  const zone = simulation.market.hours.zone(instrument.exchange);
  return ok({
    exchange_time_zone: zone === 'America/New_York' ? 'US/Eastern' : zone,
    schedules: Object.fromEntries(schedules),
  });
}

export const scheduleRoutes: readonly Route[] = [
  { method: 'GET', path: '/trsrv/secdef/schedule', needs: 'login', handle: securitySchedule },
  { method: 'GET', path: '/contract/trading-schedule', needs: 'login', handle: tradingSchedule },
];
