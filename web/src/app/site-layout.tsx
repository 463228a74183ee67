import { Button } from '@mantine/core';
import { Link, Outlet } from 'react-router';
import { PageBoundary } from '../ui/pages/page-boundary.tsx';
import { PageFrame } from './page-frame.tsx';

/** The public pages, which anybody may read. */
export function SiteLayout() {
  const console = (
    <Button component={Link} to="/connections" variant="default" size="xs">
      Open the console
    </Button>
  );
  return (
    <PageFrame aside={console}>
      <PageBoundary>
        <Outlet />
      </PageBoundary>
    </PageFrame>
  );
}
