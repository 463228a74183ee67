import { Anchor, Box, Container, Group, Text } from '@mantine/core';
import { Link, Outlet } from 'react-router';

/** What every public page shares: the name on top, the fine print below. */
export function SiteLayout() {
  return (
    <>
      <Box component="header" py="md">
        <Container size="sm">
          <Anchor component={Link} to="/" c="bright" underline="never">
            <Group gap="xs" component="span" wrap="nowrap">
              <img src="/favicon.svg" alt="" width={28} height={28} />
              <Text component="span" fw={700}>
                IBKR Gateway
              </Text>
            </Group>
          </Anchor>
        </Container>
      </Box>
      <Container component="main" size="sm" py="xl">
        <Outlet />
      </Container>
      <Container component="footer" size="sm" py="xl">
        <Text size="sm" c="dimmed">
          Open source under the MIT License. Not affiliated with Interactive Brokers.
        </Text>
      </Container>
    </>
  );
}
