import { Button, Code, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link, useLocation } from 'react-router';

export function NotFoundPage() {
  useDocumentTitle('Page not found · IBKR Gateway');
  const { pathname } = useLocation();
  return (
    <Stack align="flex-start" gap="lg">
      <Title order={1}>Page not found</Title>
      <Text>
        There is no page at <Code style={{ overflowWrap: 'anywhere' }}>{pathname}</Code>. Check the address,
        or go to the home page.
      </Text>
      <Button component={Link} to="/">
        Go to the home page
      </Button>
    </Stack>
  );
}
