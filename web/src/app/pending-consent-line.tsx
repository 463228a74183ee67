import { Anchor, Box } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { pendingRequest } from '../features/consent/pending-request.ts';
import { Notice } from '../ui/notices/notice.tsx';

/** The way back to a host's request, for somebody who left it to add a connection. */
export function PendingConsentLine() {
  const { pathname } = useLocation();
  const request = pendingRequest();
  if (request === null || !pathname.startsWith('/connections')) return null;
  return (
    <Box mb="lg">
      <Notice tone="neutral" title={`${request.name} waits for your answer`}>
        <Anchor component={Link} to={`/consent/${request.uid}`} size="sm">
          Continue connecting it
        </Anchor>
      </Notice>
    </Box>
  );
}
