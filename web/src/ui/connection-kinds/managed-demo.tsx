import { Button } from '@mantine/core';
import { useDemoSignIn } from '../../api/config.ts';
import { Notice } from '../notices/notice.tsx';
import type { DemoProps } from './fields-form.tsx';

/** A user of the simulated IBKR, on one's own machine. */
export function DemoUser({ fill }: DemoProps) {
  const demo = useDemoSignIn();
  if (demo === undefined) return null;
  return (
    <Notice tone="neutral" title="A simulator stands in for IBKR on this machine, with a user to try this">
      <Button variant="default" size="xs" mt="xs" onClick={() => fill({ ...demo })}>
        Fill in the demo user
      </Button>
    </Notice>
  );
}
