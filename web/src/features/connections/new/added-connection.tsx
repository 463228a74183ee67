import type { AddedConnection } from '@ibkr-gateway/functions/contract/connection';
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { Notice } from '../../../ui/notices/notice.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { Snippet } from '../../../ui/text/snippet.tsx';
import { ModeBadge } from '../../../ui/values/mode-badge.tsx';
import { ConnectionTest } from '../session/connection-test.tsx';

/** What came of its test, which begins by itself. */
const STANDINGS = {
  undefined: 'is being tested',
  true: 'is added',
  false: 'is saved, but does not work yet',
};

/** After a connection was added: its key, told this once, and whether it works. */
export function AddedConnectionNotice({ added }: { added: AddedConnection }) {
  const { connection, apiKey } = added;
  const [isWorking, setIsWorking] = useState<boolean>();
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus is gone; a reader goes on from here.
  useEffect(() => {
    heading.current?.focus();
    window.scrollTo({ top: 0 });
  }, []);
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <Title order={1} ref={heading} tabIndex={-1} style={{ outline: 'none', overflowWrap: 'anywhere' }}>
          {connection.label} {STANDINGS[String(isWorking) as keyof typeof STANDINGS]}
        </Title>
        <ModeBadge mode={connection.mode} />
      </Group>
      <Section title="Does it work?">
        <ConnectionTest connection={connection} isImmediate hasAddress onTested={setIsWorking} />
      </Section>
      <Stack gap="sm">
        <Notice tone="caution" title="Copy its API key now: it is not shown again">
          <Text size="sm">
            A key is for scripts and for hosts without sign-in. Whoever holds it can read the account and
            trade within your limits. If you do not need it, leave it; you can revoke it under Keys.
          </Text>
        </Notice>
        <Snippet caption="API key, read & write" text={apiKey} of="API key" prominent />
      </Stack>
      <Group gap="lg">
        <Anchor component={Link} to={`/connections/${connection.id}`}>
          Open the connection
        </Anchor>
        <Anchor component={Link} to="/connect">
          Connect a host
        </Anchor>
      </Group>
    </Stack>
  );
}
