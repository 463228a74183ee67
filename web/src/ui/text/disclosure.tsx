import type { ReactNode } from 'react';
import { useKept } from '../pages/kept.ts';
import classes from './disclosure.module.css';

interface DisclosureProps {
  summary: string;
  children: ReactNode;
}

/** Something long that most do not need: made only when it is opened, and scrolled within itself. */
export function Disclosure({ summary, children }: DisclosureProps) {
  const [isOpen, setIsOpen] = useKept(`open ${summary}`, false);
  return (
    <details
      className={classes.disclosure}
      open={isOpen}
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary>{summary}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        <section tabIndex={0} aria-label={summary} className={classes.content}>
          {children}
        </section>
      )}
    </details>
  );
}
