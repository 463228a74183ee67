import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './prose.module.css';

/** Text to read, written in plain elements. */
export function Prose({ children }: { children: ReactNode }) {
  return <div className={classes.prose}>{children}</div>;
}

interface HeadingProps {
  /** The fragment of the address that leads here. */
  id: string;
  order?: 2 | 3;
  children: ReactNode;
}

/** A heading that links to itself, so that its address can be copied. */
export function Heading({ id, order = 2, children }: HeadingProps) {
  return (
    <Title order={order} size={order === 2 ? 'h3' : 'h4'} id={id} tabIndex={-1} className={classes.heading}>
      <Link to={`#${id}`}>{children}</Link>
    </Title>
  );
}
