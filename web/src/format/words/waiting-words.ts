import { useEffect, useState } from 'react';

const SLOW_MS = 1_000;
const VERY_SLOW_MS = 10_000;

/** What to say while somebody waits; null until it takes longer than one expects. */
export function useWaitingWords(isWaiting: boolean): string | null {
  const isSlow = useLasting(isWaiting, SLOW_MS);
  const isVerySlow = useLasting(isWaiting, VERY_SLOW_MS);
  if (isVerySlow) return 'Still waiting: it can take up to a minute.';
  return isSlow ? 'Waiting for an answer…' : null;
}

/** Whether `isOn` has been true for this long without a break. */
export function useLasting(isOn: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isOn) return setLasts(false);
    const timer = setTimeout(() => setLasts(true), ms);
    return () => clearTimeout(timer);
  }, [isOn, ms]);
  return lasts;
}
