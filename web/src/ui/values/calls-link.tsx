import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';

interface CallsLinkProps {
  connectionId: string;
  /** Of the key or the grant. */
  credentialId: string;
  /** Whose calls they are, for who hears the link alone. */
  name: string;
}

/** The way to what a key or an app called. */
export function CallsLink({ connectionId, credentialId, name }: CallsLinkProps) {
  const path = `/connections/${connectionId}/activity?app=${credentialId}`;
  return (
    <Text size="sm">
      <Anchor component={Link} to={path} inherit underline="always" aria-label={`Calls of ${name}`}>
        Calls
      </Anchor>{' '}
      ·{' '}
      <Anchor
        component={Link}
        to={`${path}&view=usage`}
        inherit
        underline="always"
        aria-label={`Usage of ${name}`}
      >
        Usage
      </Anchor>
    </Text>
  );
}
