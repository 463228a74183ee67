import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Glance } from '@ibkr-gateway/functions/contract/glance';
import { Anchor, Button, Group, List, Paper, Skeleton, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useFirstSteps } from '../../../api/first-steps.ts';

const KEY = 'first-steps-put-away';

interface FirstStepsProps {
  /** The first of all. */
  connection: Connection;
  glance: ReadonlyMap<string, Glance>;
}

/** What is worth doing once there is a connection, until all of it is done or somebody puts it away in this browser. */
export function FirstSteps({ connection: { id, limits, lastUsedAt }, glance }: FirstStepsProps) {
  const [isPutAway, setIsPutAway] = useState(() => localStorage.getItem(KEY) !== null);
  const { data, error } = useFirstSteps(!isPutAway);
  if (isPutAway) return null;
  // Its outline keeps what is below the page from coming up for a moment.
  if (data === undefined) return error === null ? <Skeleton h={160} /> : null;
  const { trading: _, ...set } = limits;
  const steps = [
    {
      isDone: lastUsedAt !== null || [...glance.values()].some(({ apps }) => apps.length > 0),
      to: '/connect',
      name: 'Connect a host',
      why: 'Claude, ChatGPT, an editor or your own script.',
    },
    {
      isDone: Object.keys(set).length > 0,
      to: `/connections/${id}/limits`,
      name: 'Set limits',
      why: 'What an order may cost, how many a day, and of what.',
    },
    {
      isDone: data.hasDecided,
      to: `/connections/${id}/limits`,
      name: 'Try an approval',
      why: 'Choose that you approve every order, have an app ask for one, and approve or decline it here.',
    },
    {
      isDone: data.hasChannels,
      to: '/notifications',
      name: 'Allow news',
      why: 'This browser, an email or a webhook then tells you of an order that waits.',
    },
  ];
  const open = steps.filter(({ isDone }) => !isDone).length;
  if (open === 0) return null;
  const putAway = () => {
    localStorage.setItem(KEY, new Date().toISOString());
    setIsPutAway(true);
  };
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="first-steps">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="first-steps">
          First steps
        </Title>
        <Button variant="default" size="xs" onClick={putAway}>
          Put away
        </Button>
      </Group>
      <List listStyleType="none" spacing={4} p={0} m={0}>
        {steps.map(({ isDone, to, name, why }) => (
          <List.Item key={name}>
            <Text size="sm" c={isDone ? 'dimmed' : 'bright'}>
              {isDone ? (
                `${name}: done`
              ) : (
                <>
                  <Anchor component={Link} to={to} inherit underline="always">
                    {name}
                  </Anchor>
                  {` – ${why}`}
                </>
              )}
            </Text>
          </List.Item>
        ))}
      </List>
    </Paper>
  );
}
