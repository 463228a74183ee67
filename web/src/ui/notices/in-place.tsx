import type { ReactNode } from 'react';
import classes from './in-place.module.css';

interface InPlaceOfProps {
  /** Not seen, but as large as it was. */
  outline: ReactNode;
  children: ReactNode;
}

/** Keeps at least the room of what was there, so that what is below stays where somebody reads it. */
export function InPlaceOf({ outline, children }: InPlaceOfProps) {
  return (
    <div className={classes.place}>
      <div className={classes.outline}>{outline}</div>
      <div>{children}</div>
    </div>
  );
}

/** At the lower edge of the screen, in sight wherever one is on the page: what comes late, and may push nothing away. */
export function AtLowerEdge({ children }: { children: ReactNode }) {
  return <div className={classes.lowerEdge}>{children}</div>;
}
