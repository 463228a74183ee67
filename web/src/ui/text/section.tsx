import { Group, Paper, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface SectionProps {
  title: string;
  /** What stands opposite the title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a name of its own. */
export function Section({ title, aside, children }: SectionProps) {
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id} miw={0}>
      <Group justify="space-between" gap="xs" mb="sm" mih={30}>
        <Title order={2} size="h5" id={id} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </Paper>
  );
}
