import { useEffect, useState } from 'react';
import { useLasting } from '../../format/words/waiting-words.ts';

/** What else the page shows waits no longer for it. */
const LATE_MS = 2_000;

/** Whether something takes, or took, so long to come that the rest of its page was drawn without it. */
export function useLate(isComing: boolean): boolean {
  const isLong = useLasting(isComing, LATE_MS);
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (isLong) setIsLate(true);
  }, [isLong]);
  return isLate;
}
