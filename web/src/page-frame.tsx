import { Anchor, Container, Flex, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface PageFrameProps {
  /** What stands opposite the name on top. */
  aside?: ReactNode;
  children: ReactNode;
}

/** What every page shares: the name on top, the fine print at the bottom. */
export function PageFrame({ aside, children }: PageFrameProps) {
  return (
    <Flex direction="column" mih="100dvh">
      <Container component="header" size="sm" w="100%" py="md">
        <Group justify="space-between" wrap="nowrap">
          <Anchor component={Link} to="/" c="bright" underline="never" style={{ whiteSpace: 'nowrap' }}>
            <Group component="span" gap="xs" display="inline-flex" wrap="nowrap">
              <img src="/favicon.svg" alt="" width={28} height={28} />
              <Text component="span" fw={700}>
                IBKR Gateway
              </Text>
            </Group>
          </Anchor>
          {aside}
        </Group>
      </Container>
      <Container component="main" size="sm" w="100%" py="xl" flex={1}>
        {children}
      </Container>
      <Container component="footer" size="sm" w="100%" py="xl">
        <Text size="sm" c="dimmed">
          Open source under the MIT License. Not affiliated with Interactive Brokers.
        </Text>
      </Container>
    </Flex>
  );
}
