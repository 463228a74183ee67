import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface TopicLinkProps {
  /** Path of the topic, with a fragment where a part of it is meant. */
  to: string;
  children: ReactNode;
}

/** A link in running text to another page of the help. */
export function TopicLink({ to, children }: TopicLinkProps) {
  return <Link to={`/help/${to}`}>{children}</Link>;
}
