import { Anchor, Container, Flex, Group, Text } from '@mantine/core';
import { Link, Outlet } from 'react-router';

/** What every public page shares: the name on top, the fine print at the bottom. */
export function SiteLayout() {
  return (
    <Flex direction="column" mih="100dvh">
      <Container component="header" size="sm" w="100%" py="md">
        <Anchor component={Link} to="/" c="bright" underline="never">
          <Group component="span" gap="xs" display="inline-flex">
            <img src="/favicon.svg" alt="" width={28} height={28} />
            <Text component="span" fw={700}>
              IBKR Gateway
            </Text>
          </Group>
        </Anchor>
      </Container>
      <Container component="main" size="sm" w="100%" py="xl" flex={1}>
        <Outlet />
      </Container>
      <Container component="footer" size="sm" w="100%" py="xl">
        <Text size="sm" c="dimmed">
          Open source under the MIT License. Not affiliated with Interactive Brokers.
        </Text>
      </Container>
    </Flex>
  );
}
