import { Anchor } from '@mantine/core';
import { Link, Outlet } from 'react-router';
import { PageBoundary } from './components/page-boundary.tsx';
import { PageFrame } from './page-frame.tsx';

/** The public pages, which anybody may read. */
export function SiteLayout() {
  const console = (
    <Anchor component={Link} to="/connections" size="sm">
      Console
    </Anchor>
  );
  return (
    <PageFrame aside={console}>
      <PageBoundary>
        <Outlet />
      </PageBoundary>
    </PageFrame>
  );
}
