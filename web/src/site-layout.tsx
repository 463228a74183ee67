import { Anchor } from '@mantine/core';
import { Link, Outlet } from 'react-router';
import { PageFrame } from './page-frame.tsx';

/** The public pages, which anybody may read. */
export function SiteLayout() {
  const console = (
    <Anchor component={Link} to="/connections">
      Console
    </Anchor>
  );
  return (
    <PageFrame aside={console}>
      <Outlet />
    </PageFrame>
  );
}
