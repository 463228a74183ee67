/** The regions that IBKR serves logins from. Each has nights of its own, which end sessions and logins. */
import { localDay, localTime } from './trading-hours.ts';

const ZONES = { america: 'America/New_York', europe: 'Europe/Zurich', asia: 'Asia/Hong_Kong' } as const;

export type Region = keyof typeof ZONES;
export const REGIONS = Object.keys(ZONES) as Region[];

/** IBKR ends every brokerage session at 01:00 and takes new ones minutes later. */
const RESET_MINUTE = 60;
const RESET_LASTS_MS = 120_000;

/** Epoch ms of the latest nightly reset. */
export function lastReset(region: Region, now: number): number {
  const day = localDay(ZONES[region], now);
  const today = localTime(ZONES[region], day, RESET_MINUTE);
  return today <= now ? today : localTime(ZONES[region], day - 1, RESET_MINUTE);
}

/** During the nightly reset `/iserver` is down and no brokerage session can be opened. */
export function isResetting(region: Region, now: number): boolean {
  return now - lastReset(region, now) < RESET_LASTS_MS;
}

/** Epoch ms of the next midnight, which ends the logins of persons. */
export function nextMidnight(region: Region, now: number): number {
  return localTime(ZONES[region], localDay(ZONES[region], now) + 1, 0);
}

/** The region whose next reset is the furthest away: what begins in it now is not interrupted for hours. */
export function regionInDaytime(now: number): Region {
  const since = (region: Region) => now - lastReset(region, now);
  const awake = REGIONS.filter((region) => !isResetting(region, now));
  return awake.toSorted((a, b) => since(a) - since(b))[0] ?? 'america';
}
