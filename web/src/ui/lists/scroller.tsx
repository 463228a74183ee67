import { type ReactNode, useEffect, useRef, useState } from 'react';
import classes from './scroller.module.css';

interface ScrollerProps {
  /** What scrolls, for whoever comes to it by keyboard. */
  label: string;
  children: ReactNode;
}

/** What may be wider than there is room: it scrolls by itself, also by keyboard, and shows that it does. */
export function Scroller({ label, children }: ScrollerProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isWide, setIsWide] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const measure = () => setIsWide(current.scrollWidth > current.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    if (current.firstElementChild) observer.observe(current.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={place}
      className={classes.scroller}
      {...(isWide && { tabIndex: 0, role: 'group', 'aria-label': label })}
    >
      {children}
    </div>
  );
}
