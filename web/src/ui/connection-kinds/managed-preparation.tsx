import { List, Stack, Text } from '@mantine/core';
import { Section } from '../text/section.tsx';

/** What it means to leave one's name and password for IBKR here. */
export function WhatIsStored() {
  return (
    <Section title="Before you begin">
      <Stack gap="sm">
        <Text size="sm">
          This gateway signs in to IBKR as you do. Read this first, then decide whether you want that.
        </Text>
        <List size="sm" spacing="xs">
          <List.Item>
            Stored, sealed with AES-256-GCM: your username, password and, if you enter it, the activation code
            of your authenticator app. One part of the gateway opens them, to sign in and for nothing else.
            They are never shown again and go with the connection.
          </List.Item>
          <List.Item>
            Whoever runs this gateway could read them, for it has the key. With password and activation code
            in one place, your two factors are one.
          </List.Item>
          <List.Item>
            IBKR’s agreement makes you responsible for keeping your username, password and security devices to
            yourself, and for every trade that is entered with them.
          </List.Item>
          <List.Item>
            Better than your own user: a second username with trading rights only. At IBKR, open Settings,
            Users & Access Rights, and add one. It cannot move money out, and leaves the session of your own
            TWS alone.
          </List.Item>
          <List.Item>
            This has not been tried with IBKR’s own servers yet. Begin with a paper account.
          </List.Item>
        </List>
      </Stack>
    </Section>
  );
}
