import type { ReactNode } from 'react';
import { dateAndTime, exactTime } from '../../format/numbers.ts';

interface MomentProps {
  iso: string;
  /** The time in words, where not all of it is. */
  children?: ReactNode;
}

/** A point in time. Its title tells the second and the time zone. */
export function Moment({ iso, children = dateAndTime(iso) }: MomentProps) {
  return (
    <time dateTime={iso} title={exactTime(iso)}>
      {children}
    </time>
  );
}
