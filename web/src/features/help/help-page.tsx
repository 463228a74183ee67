import { Anchor, NavLink, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useTopOfPage } from '../../ui/text/scrolling.ts';
import { TOPICS } from './topics.ts';

/** `/help`: what one can read about. */
export function HelpPage() {
  useDocumentTitle('Help · IBKR Gateway');
  useTopOfPage();
  return (
    <Stack gap="lg">
      <Title order={1}>Help</Title>
      <Text>
        To point Claude, ChatGPT or another host at this gateway, see{' '}
        <Anchor component={Link} to="/connect" underline="always">
          Connect a host
        </Anchor>
        .
      </Text>
      <nav aria-label="Help topics">
        {TOPICS.map(({ path, title, summary }) => (
          <NavLink
            key={path}
            component={Link}
            to={`/help/${path}`}
            px="sm"
            py="xs"
            label={title}
            description={summary}
            styles={{
              label: { fontWeight: 600, color: 'var(--mantine-color-anchor)' },
              root: { borderRadius: 'var(--mantine-radius-sm)' },
            }}
          />
        ))}
      </nav>
    </Stack>
  );
}
